// Unpacks the Chromium of the package into the folder for temporary files: run with TMPDIR set to a folder of its own,
// because the package takes what lies there for whole.
import chromium from '@sparticuz/chromium';

await chromium.executablePath();
