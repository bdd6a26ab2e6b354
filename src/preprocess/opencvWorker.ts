/** The worker that runs OpenCV.js, and nothing else: it may connect to nothing. */
import { answerClahe } from './opencvDesk';

answerClahe(self);
