/// All that is sent about appointments in one table: reminders, and notices of what happened.
enum MessageSQL {
    /// Of a notice `id` is that of its Communication, `event` that of what happened, and `starts` when it happened.
    static let script = """
        ALTER TABLE appointment_reminder RENAME TO appointment_message;
        ALTER INDEX appointment_reminder_due RENAME TO appointment_message_due;
        ALTER TABLE appointment_message ADD COLUMN event bigint;
        DROP INDEX appointment_reminder_once;
        CREATE UNIQUE INDEX appointment_message_reminder
          ON appointment_message (appointment, recipient, channel, minutes_ahead, starts)
          WHERE state <> 'dropped' AND event IS NULL;
        CREATE UNIQUE INDEX appointment_message_event
          ON appointment_message (event, recipient, channel) WHERE event IS NOT NULL;
        CREATE INDEX appointment_message_appointment ON appointment_message (appointment, event);
        """
}
