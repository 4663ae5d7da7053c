import FHIRStore

/// Says which appointments stand in the way of a merge of two patients: nobody is in two places at one time.
enum MergeOverlapSQL {
    /// Runs in front of `clinic_busy`, by its name, whose constraint would refuse the merge without a word of which.
    static let script = """
        CREATE FUNCTION clinic_check_merged_time() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
          other text;
        BEGIN
          IF coalesce(current_setting('martlet.merging', true), '') = '' OR clinic_is_overbooked(NEW.content)
            OR clinic_expires(NEW.content) <= clock_timestamp() THEN
            RETURN NULL;
          END IF;
          SELECT min(a.appointment) INTO other
          FROM clinic_busy(NEW.content) b
          JOIN appointment_busy a ON a.actor = hashtextextended(b.reference, 0) AND a.during && b.during
          WHERE b.reference LIKE 'Patient/%' AND a.appointment <> NEW.id
            AND (a.expires IS NULL OR a.expires > clock_timestamp());
          IF other IS NOT NULL THEN
            RAISE EXCEPTION USING ERRCODE = '\(StoreError.conflictState)', MESSAGE = format(
              'slot-taken|Appointment/%s and Appointment/%s of the patients are at one time: move or cancel one',
              least(NEW.id, other COLLATE "C"), greatest(NEW.id, other COLLATE "C"));
          END IF;
          RETURN NULL;
        END $$;
        CREATE TRIGGER clinic_before_busy AFTER UPDATE ON appointment FOR EACH ROW
          WHEN (OLD.content -> 'participant' IS DISTINCT FROM NEW.content -> 'participant')
          EXECUTE FUNCTION clinic_check_merged_time();
        """
}
