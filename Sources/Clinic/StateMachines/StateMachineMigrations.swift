package import FHIRStore

/// The tables of the state machines in the database, and the triggers that keep to them whatever door a change comes
/// through.
///
/// The scripts of applied migrations must not change. When a machine does, freeze what migration 220 says as text, and
/// bring the difference with a migration of its own.
package enum StateMachineMigrations {
    package static var all: [Migration] {
        [
            Migration(version: 201, name: "state machines of scheduling", script: scheduling),
            Migration(version: 220, name: "state machines of the clinic", script: clinic),
            Migration(version: 661, name: "moves that are allowed at a glance", script: allowedFirst),
        ]
    }

    // MARK: - 201, as it was

    private static let firstMachines: [(type: String, moves: [(from: String, to: String)])] = [
        (
            "Appointment",
            moves([
                ("proposed", "pending waitlist booked cancelled"), ("waitlist", "pending booked cancelled"),
                ("pending", "booked cancelled"), ("booked", "arrived checked-in cancelled noshow"),
                ("arrived", "checked-in booked cancelled"), ("checked-in", "fulfilled cancelled"),
                ("noshow", "booked"), ("fulfilled", ""), ("cancelled", ""),
            ])
        ),
        (
            "Slot",
            moves([
                ("free", "busy-tentative busy busy-unavailable"), ("busy-tentative", "busy free"),
                ("busy", "free busy-unavailable"), ("busy-unavailable", "free busy"),
            ])
        ),
    ]

    private static func moves(_ table: [(String, String)]) -> [(from: String, to: String)] {
        table.flatMap { from, to in
            (to.split(separator: " ").map(String.init) + ["entered-in-error"]).map { (from, $0) }
        }
    }

    private static var scheduling: String {
        let rows = firstMachines.flatMap { machine in
            machine.moves.map { "('\(machine.type)', '\($0.from)', '\($0.to)')" }
        }
        let triggers = firstMachines.map { machine in
            """
            CREATE TRIGGER clinic_transition BEFORE UPDATE ON \(machine.type.lowercased())
              FOR EACH ROW WHEN (OLD.content ->> 'status' IS DISTINCT FROM NEW.content ->> 'status')
              EXECUTE FUNCTION clinic_check_transition('\(machine.type)');
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

    // MARK: - 661

    /// What any door may do is asked first and at once: it is what nearly all changes are.
    private static let allowedFirst = """
        CREATE OR REPLACE FUNCTION clinic_check_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF EXISTS (
            SELECT FROM clinic_transition
            WHERE machine = TG_ARGV[0] AND from_status = OLD.content ->> TG_ARGV[1]
              AND to_status = NEW.content ->> TG_ARGV[1] AND door IS NULL) THEN
            RETURN NEW;
          END IF;
          DECLARE
            old_state text := clinic_state(OLD.content -> TG_ARGV[1]);
            new_state text := clinic_state(NEW.content -> TG_ARGV[1]);
          BEGIN
            -- A calendar elsewhere says where its own appointments stand; how they got there is its own matter.
            IF coalesce(current_setting('clinic.external_calendar', true), '') = 'on' THEN
              RETURN NEW;
            END IF;
            -- A stored resource without a state may take any: it was created so.
            IF old_state IS NULL OR old_state IS NOT DISTINCT FROM new_state OR EXISTS (
              SELECT FROM clinic_transition
              WHERE machine = TG_ARGV[0] AND from_status = old_state AND to_status = new_state
                AND (door IS NULL OR door = current_setting('\(doorParameter)', true))) THEN
              RETURN NEW;
            END IF;
            -- A state that the machine does not know leads where whoever wrote it says.
            IF NOT EXISTS (
              SELECT FROM clinic_transition WHERE machine = TG_ARGV[0] AND old_state IN (from_status, to_status)) THEN
              RETURN NEW;
            END IF;
            -- Only codes of the machine are quoted: anything else may be anything.
            IF NOT EXISTS (
              SELECT FROM clinic_transition
              WHERE machine = TG_ARGV[0] AND new_state IN (from_status, to_status)) THEN
              new_state := 'what is no state of it';
            END IF;
            RAISE EXCEPTION USING ERRCODE = '\(StoreError.businessRuleState)', MESSAGE =
              format('illegal-transition|%s.%s may not change from %s to %s',
                split_part(TG_ARGV[0], '.', 1), TG_ARGV[1], old_state, coalesce(new_state, 'none'));
          END;
        END $$;
        """

    // MARK: - 220

    /// The parameter of a transaction by which messages say that they are such.
    package static let doorParameter = "martlet.door"
    /// Its value for HL7 v2 messages.
    package static let messageDoor = "hl7v2"

    private static var clinic: String {
        let machines = StateMachine.all
        let rows = machines.flatMap { machine in
            machine.transitions.map { "('\(machine.name)', '\($0.from)', '\($0.to)', NULL)" }
                + machine.messageTransitions.map { "('\(machine.name)', '\($0.from)', '\($0.to)', '\(messageDoor)')" }
        }
        let triggers = machines.map { machine in
            """
              IF to_regclass('\(machine.typeName.lowercased())') IS NOT NULL THEN
                CREATE TRIGGER clinic_transition_\(machine.element.lowercased()) BEFORE UPDATE
                  ON \(machine.typeName.lowercased()) FOR EACH ROW
                  WHEN (OLD.content -> '\(machine.element)' IS DISTINCT FROM NEW.content -> '\(machine.element)')
                  EXECUTE FUNCTION clinic_check_change('\(machine.name)', '\(machine.element)');
              END IF;
            """
        }
        return """
            DROP TRIGGER clinic_transition ON appointment;
            DROP TRIGGER clinic_transition ON slot;
            DROP FUNCTION clinic_check_transition();
            DELETE FROM clinic_transition;
            -- null: through any door
            ALTER TABLE clinic_transition ADD COLUMN door text;
            INSERT INTO clinic_transition (machine, from_status, to_status, door) VALUES
            \(rows.joined(separator: ",\n"));
            CREATE FUNCTION clinic_state(value jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
              SELECT CASE jsonb_typeof(value)
                WHEN 'string' THEN value #>> '{}'
                WHEN 'object' THEN value #>> '{coding,0,code}' END
            $$;
            CREATE FUNCTION clinic_check_change() RETURNS trigger LANGUAGE plpgsql AS $$
            DECLARE
              old_state text := clinic_state(OLD.content -> TG_ARGV[1]);
              new_state text := clinic_state(NEW.content -> TG_ARGV[1]);
            BEGIN
              -- A calendar elsewhere says where its own appointments stand; how they got there is its own matter.
              IF coalesce(current_setting('clinic.external_calendar', true), '') = 'on' THEN
                RETURN NEW;
              END IF;
              -- A stored resource without a state may take any: it was created so.
              IF old_state IS NULL OR old_state IS NOT DISTINCT FROM new_state OR EXISTS (
                SELECT FROM clinic_transition
                WHERE machine = TG_ARGV[0] AND from_status = old_state AND to_status = new_state
                  AND (door IS NULL OR door = current_setting('\(doorParameter)', true))) THEN
                RETURN NEW;
              END IF;
              -- A state that the machine does not know leads where whoever wrote it says.
              IF NOT EXISTS (
                SELECT FROM clinic_transition WHERE machine = TG_ARGV[0] AND old_state IN (from_status, to_status)) THEN
                RETURN NEW;
              END IF;
              -- Only codes of the machine are quoted: anything else may be anything.
              IF NOT EXISTS (
                SELECT FROM clinic_transition
                WHERE machine = TG_ARGV[0] AND new_state IN (from_status, to_status)) THEN
                new_state := 'what is no state of it';
              END IF;
              RAISE EXCEPTION USING ERRCODE = '\(StoreError.businessRuleState)', MESSAGE =
                format('illegal-transition|%s.%s may not change from %s to %s',
                  split_part(TG_ARGV[0], '.', 1), TG_ARGV[1], old_state, coalesce(new_state, 'none'));
            END $$;
            DO $do$
            BEGIN
            \(triggers.joined(separator: "\n"))
            END $do$;
            """
    }
}
