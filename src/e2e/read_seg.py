"""Reads a DICOM SEG back with pydicom, and says where it and a NIfTI mask (nibabel) differ, voxel by voxel in the patient's space.

    python read_seg.py result.seg.dcm result.mask.nii.gz

Prints one JSON object: frames, segVoxels, niftiVoxels and common, the voxels that both mark.
"""

import json
import sys

import nibabel
import numpy as np
import pydicom

LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0])


def frame_voxels(frame, shared, pixels: np.ndarray, world_to_voxel: np.ndarray) -> np.ndarray:
    """Voxel indices (n × 3) of the NIfTI grid that a frame's marked pixels (rows × columns) lie on."""
    position = np.array(frame.PlanePositionSequence[0].ImagePositionPatient, dtype=float)
    orientation = np.array(shared.PlaneOrientationSequence[0].ImageOrientationPatient, dtype=float)
    row_mm, column_mm = (float(mm) for mm in shared.PixelMeasuresSequence[0].PixelSpacing)
    rows, columns = np.nonzero(pixels)
    # PS3.3 C.7.6.2.1.1: the first triplet runs along a row (by column spacing), the second along a column.
    lps = position + np.outer(columns * column_mm, orientation[:3]) + np.outer(rows * row_mm, orientation[3:])
    ras = lps @ LPS_TO_RAS
    voxels = ras @ world_to_voxel[:3, :3].T + world_to_voxel[:3, 3]
    nearest = np.rint(voxels)
    if np.abs(voxels - nearest).max(initial=0) > 1e-3:
        raise SystemExit("the frames do not lie on the voxels of the NIfTI grid")
    return nearest.astype(int)


def main(seg_path: str, nifti_path: str) -> None:
    seg = pydicom.dcmread(seg_path)
    nifti = nibabel.load(nifti_path)
    mask = np.asarray(nifti.dataobj) > 0
    world_to_voxel = np.linalg.inv(nifti.affine)
    shared = seg.SharedFunctionalGroupsSequence[0]
    pixels = seg.pixel_array.reshape(int(seg.NumberOfFrames), seg.Rows, seg.Columns)
    read = np.zeros_like(mask)
    for frame, frame_pixels in zip(seg.PerFrameFunctionalGroupsSequence, pixels, strict=True):
        read[tuple(frame_voxels(frame, shared, frame_pixels, world_to_voxel).T)] = True
    counts = {
        "frames": int(seg.NumberOfFrames),
        "segVoxels": int(pixels.sum()),
        "niftiVoxels": int(mask.sum()),
        "common": int((read & mask).sum()),
    }
    print(json.dumps(counts))


if __name__ == "__main__":
    main(*sys.argv[1:])
