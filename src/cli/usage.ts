/** How the program is called, as its help and its complaints say it. */

export const usage = `Usage:
  metsight models   [--models <folder>]
  metsight segment  <file, folder or zip …> --model <id>[,<id>] --out <folder> [--format f,f] [--threshold p] [--min-size n] [--probability] [--models <folder>]
  metsight evaluate --data <folder> --model <id>[,<id>] --json <file> [--set name] [--split name] [--ensemble] [--threshold p] [--min-size n] [--models <folder>]

  segment takes pictures (PNG, JPEG, TIFF, WebP), volumes (NIfTI, NRRD, MetaImage, MGH) and DICOM (files, folders, zips; each
  volume of a series by itself). It writes <stem>.json and, for a picture, <stem>.mask.png (0 or 255, its own size; one a page,
  <stem>.p001.mask.png …), for a volume <stem>.mask.nii.gz in its own space; with several models <stem>.<model>.…
  Its own outputs among the inputs (files called so, which say that this program made them) are passed over, and said;
  new ones of the same name replace them.

  --model        one of \`metsight models\`, or several, separated by commas or each with --model
  --format       what is written of a volume beside the JSON: nifti (default), png (a zip), stl, csv, report (HTML, to
                 print), probability; of DICOM also dicom-seg and rtstruct, which repeat the patient's identity; of a
                 picture csv and report. Several are separated by commas; what an input cannot have is left out, and said
  --threshold    lesion is what has at least this probability: above 0, below 1 (default: the model's own)
  --min-size     smallest lesion kept: 20px of a picture, 50mm3 of a volume (default: the model's own, scaled)
  --probability  also writes <stem>.probability.png, 16 bit, probability × 65535; of a volume <stem>.probability.nii.gz
  --tri-planar   volumes of near-isotropic voxels: axial, coronal and sagittal slices, averaged (three times as slow)
  --data         folder with index.csv, images/ and masks/ (no masks/: no slice has a lesion), or a folder of several such
  --set          of several: which (default: those the models were trained on)
  --split        split of the index, or several: --split val,test (default: val; all of an index without splits)
  --ensemble     also the mean of the models' probabilities
  --models       folder that holds the models (default: public/models)

Exit: 0 done, 1 an input failed (one line each on stderr; the others are done), 2 wrong usage.
Research use only: not for diagnosis.
`;
