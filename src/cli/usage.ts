/** How the program is called, as its help and its complaints say it. */

export const usage = `Usage:
  metsight models   [--models <folder>]
  metsight segment  <file…> --model <id>[,<id>] --out <folder> [--threshold p] [--min-size n] [--probability] [--models <folder>]
  metsight evaluate --data <folder> --model <id>[,<id>] --json <file> [--split name] [--threshold p] [--min-size n] [--models <folder>]

  segment writes <stem>.mask.png (0 or 255, the picture's own size) and <stem>.json for each picture (PNG, JPEG, TIFF, WebP);
  with several models <stem>.<model>.mask.png and <stem>.<model>.json; for a file of several pages one mask a page, <stem>.p001.mask.png …

  --model        one of \`metsight models\`, or several, separated by commas
  --threshold    lesion is what has at least this probability: above 0, below 1 (default: the model's own)
  --min-size     smallest lesion kept, in pixels: 20 or 20px (default: the model's own, scaled to the picture)
  --probability  also writes <stem>.probability.png, 16 bit, probability × 65535
  --data         folder with index.csv, images/ and masks/ (no masks/: no slice has a lesion)
  --split        only this split of the index (default: each of them)
  --models       folder that holds the models (default: public/models)

Exit: 0 done, 1 an input failed (one line each on stderr; the others are done), 2 wrong usage.
Research use only: not for diagnosis.
`;
