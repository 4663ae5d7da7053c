/// All that is sent about appointments in one table, that of the reminders: they, and notices of what happened.
enum MessageSQL {
    /// Of a notice `id` is that of its Communication, `event` that of what happened, and `starts` when it happened.
    static let script = """
        ALTER TABLE appointment_reminder ADD COLUMN event bigint;
        DROP INDEX appointment_reminder_once;
        CREATE UNIQUE INDEX appointment_reminder_once
          ON appointment_reminder (appointment, recipient, channel, minutes_ahead, starts)
          WHERE state <> 'dropped' AND event IS NULL;
        CREATE UNIQUE INDEX appointment_reminder_event
          ON appointment_reminder (event, recipient, channel) WHERE event IS NOT NULL;
        """
}
