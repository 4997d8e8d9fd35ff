import { useId, useState } from 'preact/hooks';
import { FieldError } from './fields.tsx';

/** A file as a person chose it. */
export interface TextFile {
  name: string;
  text: string;
}

interface TextFileInputProps {
  label: string;
  /** Endings, for the browser's own dialog: ".json,.yaml". */
  accept: string;
  /** Bytes. */
  most: number;
  onFile: (file: TextFile | undefined) => void;
  error?: string | undefined;
}

/** Reads one text file of the person's machine; nothing is sent by this alone. */
export function TextFileInput({ label, accept, most, onFile, error }: TextFileInputProps) {
  const id = useId();
  const [wrong, setWrong] = useState<string>();
  const read = async (file: File | undefined) => {
    setWrong(undefined);
    onFile(undefined);
    if (!file) return;
    if (file.size > most) return setWrong(`The file may have ${Math.floor(most / 1_024)} KB at most.`);
    try {
      onFile({ name: file.name, text: await file.text() });
    } catch {
      setWrong('The file could not be read.');
    }
  };
  const shown = wrong ?? error;
  return (
    <div class={`field ${shown ? 'field-invalid' : ''}`}>
      <label class="field-label" for={id}>
        {label}
      </label>
      <input
        type="file"
        class="file-input"
        id={id}
        accept={accept}
        aria-describedby={shown ? `${id}-error` : undefined}
        onChange={event => void read(event.currentTarget.files?.[0])}
      />
      <FieldError id={`${id}-error`} error={shown} />
    </div>
  );
}
