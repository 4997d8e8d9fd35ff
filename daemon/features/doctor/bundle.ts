// The support bundle: what a helper needs to know, as a zip, without anything that is secret.
import type { DoctorReport, SupportBundle } from '../../../shared/api/doctor.ts';
import { bundleFiles } from './bundle-files.ts';
import type { DoctorNeeds } from './doctor-needs.ts';

/** Characters of one file; the end is kept, because that is where things went wrong. */
const longestFile = 400_000;

export async function makeBundle(report: DoctorReport, needs: DoctorNeeds): Promise<SupportBundle> {
  const { strToU8, zipSync } = await import('fflate');
  const files = await bundleFiles(report, needs);
  const cut = files.map(file => ({
    ...file,
    text: file.text.length > longestFile ? `…${file.text.slice(-longestFile)}` : file.text,
  }));
  const entries = cut.map(({ name, text }) => [name, strToU8(text)] as const);
  const zip = zipSync(Object.fromEntries(entries), { level: 6 });
  const stamp = report.startedAt.replace(/[-:]/g, '').slice(0, 15);
  return {
    fileName: `quayside-support-${stamp}Z.zip`,
    mediaType: 'application/zip',
    base64: Buffer.from(zip).toString('base64'),
    bytes: zip.length,
    contents: entries.map(([name, bytes], at) => ({ name, bytes: bytes.length, about: cut[at]?.about ?? '' })),
  };
}
