import { describeRole, type Role, roles } from '../../shared/domain/roles.ts';
import { FieldGroup } from '../kit/field-group.tsx';
import { Checkbox } from '../kit/fields.tsx';

interface RoleChoiceProps {
  chosen: readonly Role[];
  onChange: (roles: Role[]) => void;
  disabled?: boolean;
  error?: string | undefined;
}

/** One or more roles, each with what it may do. */
export const RoleChoice = ({ chosen, onChange, disabled, error }: RoleChoiceProps) => (
  <FieldGroup label="Roles" error={error} required>
    <div class="role-choice">
      {roles.map(role => (
        <Checkbox
          key={role}
          label={role}
          description={describeRole(role)}
          checked={chosen.includes(role)}
          disabled={disabled}
          onChange={wanted => onChange(roles.filter(each => (each === role ? wanted : chosen.includes(each))))}
        />
      ))}
    </div>
  </FieldGroup>
);
