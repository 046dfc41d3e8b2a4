import type { Log } from '../../shared/lambda/log.ts';

export interface LogLine {
  level: 'info' | 'warn' | 'error';
  message: string;
  fields: Record<string, unknown>;
}

export interface RecordingLog extends Log {
  readonly lines: readonly LogLine[];
  /** The messages of one level, in order. */
  at(level: LogLine['level']): string[];
}

export function createRecordingLog(): RecordingLog {
  const lines: LogLine[] = [];
  const write = (level: LogLine['level']) => (message: string, fields: LogLine['fields']) => {
    lines.push({ level, message, fields });
  };
  return {
    lines,
    at: (level) => lines.filter((line) => line.level === level).map(({ message }) => message),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  };
}
