/**
 * OpenCV.js makes two kinds of functions from text, which a policy without 'unsafe-eval' forbids: embind's invokers.
 * Emscripten can do without (its option `DYNAMIC_EXECUTION=0`, which OpenCV's package was not built with): the same
 * closures as there take their place. They do what the text would have done, step by step, in the same order.
 */

/** embind.js, `createJsInvoker`: calls `invoker` with each argument in the form that wasm takes it, and cleans up. */
const invoker = `return function (humanName, throwBindingError, invoker, fn, runDestructors, fromRetWire, toClassParamWire, ...more) {
  const toArgWire = more.slice(0, argCount);
  const destroy = more.slice(argCount);
  return function (...args) {
    const destructors = needsDestructorStack ? [] : null;
    const wired = isClassMethodFunc ? [toClassParamWire(destructors, this)] : [];
    for (let i = 0; i < argCount; ++i) wired.push(toArgWire[i](destructors, args[i]));
    const rv = invoker(fn, ...wired);
    if (needsDestructorStack) runDestructors(destructors);
    else {
      const first = isClassMethodFunc ? 1 : 2;
      for (let i = first, n = 0; i < argTypes.length; ++i) {
        if (argTypes[i].destructorFunction !== null) destroy[n++](wired[i - first]);
      }
    }
    return returns ? fromRetWire(rv) : undefined;
  };
}`;

/** emval.js, `__emval_create_invoker`: what C++ calls of JavaScript. Kinds: 0 function, 1 method, 2 constructor, 3 cast. */
const caller = `var invokerFunction = function (handle, methodName, destructorsRef, args) {
  const values = argFromPtr.map((read, i) => read(args + i * GenericWireTypeSize));
  let value;
  if (kind === 0) value = (0, Emval.toValue(handle))(...values);
  else if (kind === 1) value = Emval.toValue(handle)[getStringOrSymbol(methodName)](...values);
  else if (kind === 2) value = new (Emval.toValue(handle))(...values);
  else value = values.at(-1);
  return retType.isVoid ? undefined : emval_returnValue(toReturnWire, destructorsRef, value);
}`;

const replacements: readonly (readonly [text: string, instead: string])[] = [
  ['return new Function(args1,invokerFnBody)', invoker],
  ['var invokerFunction=new Function(Object.keys(captures),functionBody)(...Object.values(captures))', caller],
];

/** @throws Error if this is not the release that it knows */
export function withoutEval(program: string): string {
  let text = program;
  for (const [evaluated, instead] of replacements) {
    const parts = text.split(evaluated);
    if (parts.length !== 2) throw new Error(`OpenCV.js must hold once: ${evaluated}. Another release?`);
    text = parts.join(instead);
  }
  if (/new Function\b|\beval\(/.test(text))
    throw new Error('OpenCV.js evaluates text in another place. Another release?');
  return text;
}
