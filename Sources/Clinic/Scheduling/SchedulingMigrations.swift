package import FHIRStore

/// The schema that keeps bookings apart and statuses on their tracks, whatever door a change comes through.
///
/// The scripts of applied migrations must not change. When a state machine does, freeze the transitions of migration
/// 201 as text and bring the new ones with a migration of their own.
package enum SchedulingMigrations {
    package static var all: [Migration] {
        [
            Migration(version: 200, name: "busy times of appointments", script: busyTimes + BusyTimeSQL.functions),
            Migration(version: 201, name: "state machines of scheduling", script: stateMachines),
            Migration(version: 202, name: "bookings of other calendars", script: ExternalBookingSQL.functions),
        ]
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

    private static var stateMachines: String {
        let rows = StateMachine.scheduling.flatMap { machine in
            machine.transitions.map { "('\(machine.typeName)', '\($0.from)', '\($0.to)')" }
        }
        let triggers = StateMachine.scheduling.map { machine in
            """
            CREATE TRIGGER clinic_transition BEFORE UPDATE ON \(machine.typeName.lowercased())
              FOR EACH ROW WHEN (OLD.content ->> 'status' IS DISTINCT FROM NEW.content ->> 'status')
              EXECUTE FUNCTION clinic_check_transition('\(machine.typeName)');
            """
        }
        return """
            CREATE TABLE clinic_transition (
              machine text NOT NULL, from_status text NOT NULL, to_status text NOT NULL,
              PRIMARY KEY (machine, from_status, to_status));
            INSERT INTO clinic_transition (machine, from_status, to_status) VALUES
            \(rows.joined(separator: ",\n"));
            CREATE FUNCTION clinic_check_transition() RETURNS trigger LANGUAGE plpgsql AS $$
            DECLARE
              old_status text := OLD.content ->> 'status';
              new_status text := NEW.content ->> 'status';
            BEGIN
              -- A stored resource without status may take any: it was created so.
              IF old_status IS NULL OR EXISTS (
                SELECT FROM clinic_transition
                WHERE machine = TG_ARGV[0] AND from_status = old_status AND to_status = new_status) THEN
                RETURN NEW;
              END IF;
              -- Only codes of the machine are quoted: anything else may be anything.
              IF NOT EXISTS (
                SELECT FROM clinic_transition
                WHERE machine = TG_ARGV[0] AND new_status IN (from_status, to_status)) THEN
                new_status := 'what is no status';
              END IF;
              RAISE EXCEPTION USING ERRCODE = '\(StoreError.businessRuleState)', MESSAGE =
                format('illegal-transition|%s.status may not change from %s to %s', TG_ARGV[0], old_status, new_status);
            END $$;
            \(triggers.joined(separator: "\n"))
            """
    }
}
