/** This side of the door to the worker that runs OpenCV.js. No promise is left pending, whatever becomes of the worker. */
import { PipelineFailure, type PipelineError } from '../domain/errors';
import type { Clahe } from './clahe';
import type { ClaheReply, ClaheRequest } from './claheMessages';

/** A Worker, or a port to one. */
export interface ClaheDoor {
  postMessage(message: ClaheRequest, transfer: Transferable[]): void;
  addEventListener(type: 'message' | 'error' | 'messageerror', listen: (event: Event) => void): void;
  /** Ends what is behind the door. */
  close(): void;
}

/**
 * The program starts in about a second, a slice takes milliseconds; a busy machine takes longer. Waited in parts: one that
 * slept finds the timer that was running over before the worker could answer, and then waits out the rest.
 */
const partMs = 10_000;
const partsOfSilence = 6;

interface Waiting {
  answer(reply: ClaheReply): void;
  fail(error: PipelineError): void;
}

/** @throws PipelineFailure `internal` if the program does not start there */
export async function claheBehind(door: ClaheDoor, program: Uint8Array): Promise<Clahe> {
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  /** Why nothing is behind the door any more. */
  let closed: PipelineError | undefined;

  const close = (error: PipelineError) => {
    closed ??= error;
    door.close();
    for (const one of [...waiting.values()]) one.fail(error);
  };
  const lost = (why: string) => close({ code: 'internal', message: `the worker of OpenCV.js ${why}` });
  door.addEventListener('message', (event) => {
    const reply = (event as MessageEvent<ClaheReply>).data;
    waiting.get(reply.id)?.answer(reply);
  });
  door.addEventListener('error', () => lost('stopped'));
  door.addEventListener('messageerror', () => lost('could not be understood'));

  const ask = (request: ClaheRequest, transfer: Transferable[]) =>
    new Promise<ClaheReply>((resolve, reject) => {
      if (closed) return reject(new PipelineFailure(closed));
      let timer: ReturnType<typeof setTimeout>;
      const wait = (parts: number) => {
        timer = setTimeout(() => (parts > 1 ? wait(parts - 1) : lost('does not answer')), partMs);
      };
      wait(partsOfSilence);
      const settle = () => {
        clearTimeout(timer);
        waiting.delete(request.id);
      };
      waiting.set(request.id, {
        answer(reply) {
          settle();
          if (reply.kind === 'failed') reject(new PipelineFailure(reply.error));
          else resolve(reply);
        },
        fail(error) {
          settle();
          reject(new PipelineFailure(error));
        },
      });
      door.postMessage(request, transfer);
    });

  // Its own copy, so that the caller's stays; 13 MB once.
  const text = program.slice();
  await ask({ kind: 'start', id: ++lastId, program: text }, [text.buffer]).catch((thrown: unknown) => {
    door.close();
    throw thrown;
  });
  return {
    async equalize(image, rows, cols, setting) {
      const copy = image.slice();
      const request: ClaheRequest = { kind: 'equalize', id: ++lastId, image: copy, rows, cols, setting };
      const reply = await ask(request, [copy.buffer]).catch((thrown: unknown) => {
        close({ code: 'internal', message: 'the worker of OpenCV.js was ended after a failure' });
        throw thrown;
      });
      if (reply.kind !== 'equalized' || reply.image.length !== rows * cols) {
        close({ code: 'internal', message: 'the worker of OpenCV.js was ended after a wrong answer' });
        throw new PipelineFailure({ code: 'internal', message: 'OpenCV.js gave no whole image' });
      }
      return reply.image;
    },
  };
}
