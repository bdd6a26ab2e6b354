/** Who may use a network, in a word: the whole notice is in its card. */

/**
 * Whether the notice limits the weights to non-commercial use. `training/metsight/provenance.py` opens that sentence with
 * "Non-commercial use only" wherever one of the data sets is under such terms.
 */
export const isNonCommercial = (notice: string) => /\bnon-commercial use only\b/i.test(notice);
