/// The reminders of appointments, one row for each appointment, recipient, channel and time ahead.
enum ReminderSQL {
    /// `starts` is when the appointment was to begin when the reminder was planned: a reminder that has gone out is of
    /// that time, and another time has one of its own.
    static let script = """
        CREATE TABLE appointment_reminder (
          id text COLLATE "C" PRIMARY KEY,
          appointment text COLLATE "C" NOT NULL,
          recipient text COLLATE "C" NOT NULL,
          channel text COLLATE "C" NOT NULL,
          minutes_ahead int NOT NULL,
          starts timestamptz NOT NULL,
          due timestamptz NOT NULL,
          state text NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'sending', 'sent', 'failed', 'dropped')),
          attempts int NOT NULL DEFAULT 0,
          leased_until timestamptz);
        CREATE UNIQUE INDEX appointment_reminder_once
          ON appointment_reminder (appointment, recipient, channel, minutes_ahead, starts) WHERE state <> 'dropped';
        CREATE INDEX appointment_reminder_due ON appointment_reminder (due) WHERE state IN ('planned', 'sending');
        CREATE TABLE appointment_reminder_plan (
          appointment text COLLATE "C" PRIMARY KEY,
          minutes_ahead int[] NOT NULL,
          channels text[] NOT NULL);
        """
}
