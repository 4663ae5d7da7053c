import Clinic
package import FHIRStore

/// The schema that keeps bookings apart, whatever door a change comes through. Scripts of applied migrations must not
/// change.
package enum SchedulingMigrations {
    package static var all: [Migration] {
        [
            Migration(version: 200, name: "busy times of appointments", script: busyTimes + BusyTimeSQL.functions),
            Migration(version: 202, name: "bookings of other calendars", script: ExternalBookingSQL.functions),
            Migration(version: 230, name: "holds, groups and events of appointments", script: holds),
            Migration(version: 231, name: "reminders of appointments", script: ReminderSQL.script),
            Migration(version: 500, name: "messages about appointments", script: MessageSQL.script),
            Migration(version: 501, name: "licences of who is booked", script: LicenceSQL.script),
            Migration(version: 502, name: "appointments of merged patients", script: MergeOverlapSQL.script),
            Migration(version: 503, name: "events of merged appointments", script: AppointmentEventSQL.mergedScript),
            Migration(version: 590, name: "cheaper guards of busy times", script: KeepBusySQL.script),
            Migration(version: 633, name: "extensions planned once", script: extensions),
        ]
    }

    /// In PL/pgSQL: bodies in SQL that read from something are planned at each call.
    private static let extensions = """
        CREATE OR REPLACE FUNCTION clinic_extension(content jsonb, url text, member text) RETURNS text
        LANGUAGE plpgsql IMMUTABLE AS $$
        DECLARE
          item jsonb;
        BEGIN
          IF jsonb_typeof(content -> 'extension') = 'array' THEN
            FOR item IN SELECT e FROM jsonb_array_elements(content -> 'extension') e LOOP
              IF item ->> 'url' = url THEN
                RETURN item ->> member;
              END IF;
            END LOOP;
          END IF;
          RETURN NULL;
        END $$;
        """

    private static var holds: String {
        [HoldSQL.script, ZoneSQL.script, AppointmentEventSQL.script, AvailabilitySQL.script].joined(separator: "\n")
    }

    /// One row per actor and appointment that holds time. The constraint compares a hash of the actor, for which
    /// btree_gist gives GiST an equality; without that extension a range of one value does the same, more slowly.
    private static var busyTimes: String {
        """
        CREATE TABLE appointment_busy (
          appointment text COLLATE "C" NOT NULL,
          actor bigint NOT NULL,
          reference text NOT NULL,
          during tstzrange NOT NULL);
        CREATE INDEX ON appointment_busy (appointment);
        DO $$ BEGIN
          IF EXISTS (SELECT FROM pg_available_extensions WHERE name = 'btree_gist') THEN
            CREATE EXTENSION IF NOT EXISTS btree_gist;
            ALTER TABLE appointment_busy ADD CONSTRAINT \(BusyTime.constraint)
              EXCLUDE USING gist (actor WITH =, during WITH &&);
          ELSE
            RAISE WARNING 'btree_gist is not installed: bookings are guarded by a slower constraint';
            ALTER TABLE appointment_busy ADD CONSTRAINT \(BusyTime.constraint)
              EXCLUDE USING gist (int8range(actor, actor, '[]') WITH &&, during WITH &&);
          END IF;
        END $$;
        CREATE INDEX slot_schedule ON slot ((content -> 'schedule' ->> 'reference'));

        """
    }
}
