import { buildImage } from './build-image.ts';

/** Builds the image of a machine, unless it is there. */
await buildImage((what) => process.stdout.write(`${what}\n`));
