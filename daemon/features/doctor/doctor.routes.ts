import type { Handlers } from '../../http/context.ts';
import type { DoctorService } from './doctor.service.ts';

type Doctor = 'runDoctor' | 'applyDoctorFix' | 'makeSupportBundle';

export const doctorHandlers = (doctor: DoctorService): Pick<Handlers, Doctor> => ({
  runDoctor: () => doctor.run(),
  applyDoctorFix: ({ body }) => doctor.fix(body.id),
  makeSupportBundle: () => doctor.bundle(),
});
