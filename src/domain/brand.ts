/** Kinds of one type that the compiler keeps apart. */

declare const brand: unique symbol;

/** `T` that only `Name`'s own constructor makes. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
