"""python -m metsight.predict --model <folder> --out <folder> <images…>: PyTorch's probabilities of whole pictures.

What the TypeScript pipeline is compared with: the recipe, the model folder's own float16 weights and the way back to
the picture's pixels, all in Python. Writes `<stem>.f32`: rows × cols little-endian float32, row by row.
"""

import argparse
from pathlib import Path

import cv2
import torch

from metsight.postprocess import restore
from metsight.preprocess import preprocess
from metsight.subject import subject_from_model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("images", type=Path, nargs="+", help="grey, 8 or 16 bit")
    args = parser.parse_args()
    subject = subject_from_model(args.model)
    args.out.mkdir(parents=True, exist_ok=True)
    for path in args.images:
        image = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE | cv2.IMREAD_ANYDEPTH)
        if image is None:
            raise SystemExit(f"{path} is not an image that OpenCV reads")
        probability = subject.run(torch.from_numpy(preprocess(image)[None, None]))[0, 0].numpy()
        (args.out / f"{path.stem}.f32").write_bytes(restore(probability, *image.shape).astype("<f4").tobytes())


if __name__ == "__main__":
    main()
