/** The far side of the door: answers each request once. */
import { PipelineFailure, toPipelineError } from '../domain/errors';
import type { ClaheReply, ClaheRequest } from './claheMessages';
import { equalizeWith, startOpenCv, type OpenCv } from './opencv';

/** The end of a channel that messages come in by: a worker's own, or a port. */
interface Channel {
  postMessage(message: ClaheReply, options?: StructuredSerializeOptions): void;
  onmessage: ((event: MessageEvent<ClaheRequest>) => void) | null;
}

export function answerClahe(channel: Channel) {
  let running: OpenCv | undefined;
  channel.onmessage = ({ data: request }) => {
    const fail = (thrown: unknown) =>
      channel.postMessage({ kind: 'failed', id: request.id, error: toPipelineError(thrown) });
    if (request.kind === 'start') {
      startOpenCv(request.program).then((cv) => {
        running = cv;
        channel.postMessage({ kind: 'started', id: request.id });
      }, fail);
      return;
    }
    try {
      if (!running) throw new PipelineFailure({ code: 'internal', message: 'OpenCV.js is not running' });
      const image = equalizeWith(running, request.image, request.rows, request.cols, request.setting);
      channel.postMessage({ kind: 'equalized', id: request.id, image }, { transfer: [image.buffer] });
    } catch (thrown) {
      running = undefined;
      fail(thrown);
    }
  };
}
