/// The rules by which prescriptions are checked: data, in dated sets that can be changed while the server runs.
///
///     medicine_term   a name or code as records have it → ingredient and ATC codes
///     medicine_rule   kind, subject, object → severity, text, greatest daily dose
///
/// Subjects and objects are names of ingredients or ATC codes of any level (https://www.whocc.no/atc): `B01AA03`,
/// `B01A`. A condition is `icd10:K25`, `sct:13200003` or a word.
enum RuleSQL {
    static var script: String {
        """
        CREATE TABLE medicine_rule_set (
          name text COLLATE "C" PRIMARY KEY,
          version text NOT NULL,
          published date NOT NULL,
          is_active boolean NOT NULL DEFAULT true,
          actor text NOT NULL DEFAULT '',
          changed timestamptz NOT NULL DEFAULT now());

        CREATE TABLE medicine_term (
          rule_set text COLLATE "C" NOT NULL REFERENCES medicine_rule_set ON DELETE CASCADE,
          term text COLLATE "C" NOT NULL,
          ingredient text COLLATE "C" NOT NULL,
          classes text[] NOT NULL DEFAULT '{}',
          PRIMARY KEY (term, ingredient, rule_set));

        CREATE TABLE medicine_rule (
          rule_set text COLLATE "C" NOT NULL REFERENCES medicine_rule_set ON DELETE CASCADE,
          kind text COLLATE "C" NOT NULL CHECK (
            kind IN ('drug-drug', 'drug-allergy', 'duplicate', 'dose', 'pregnancy', 'condition')),
          subject text COLLATE "C" NOT NULL,
          object text COLLATE "C" NOT NULL DEFAULT '',
          severity text COLLATE "C" NOT NULL CHECK (severity IN ('high', 'moderate', 'low')),
          detail text NOT NULL,
          -- Of a dose: the most of a day, in milligrams.
          maximum numeric CHECK (maximum > 0));
        CREATE INDEX medicine_rule_subject ON medicine_rule (subject);

        INSERT INTO medicine_rule_set (name, version, published) VALUES ('starter', '1', '2026-11-01');
        INSERT INTO medicine_term (rule_set, term, ingredient, classes)
        SELECT DISTINCT ON (t.term, v.name) 'starter', t.term, v.name, string_to_array(v.classes, ' ')
        FROM (VALUES
        \(StarterTerms.rows)
        ) v (name, classes, rxnorm, names)
        CROSS JOIN LATERAL (
          SELECT v.name AS term
          UNION ALL SELECT replace(n, '_', ' ') FROM unnest(string_to_array(v.names, ' ')) n
          UNION ALL SELECT 'http://www.nlm.nih.gov/research/umls/rxnorm|' || v.rxnorm WHERE v.rxnorm <> ''
          UNION ALL SELECT 'http://www.whocc.no/atc|' || c FROM unnest(string_to_array(v.classes, ' ')) c
            WHERE length(c) = 7) t
        WHERE t.term <> '';
        INSERT INTO medicine_rule (rule_set, kind, subject, object, severity, detail, maximum)
        SELECT 'starter', v.* FROM (VALUES
        \(StarterRules.rows)
        ) v (kind, subject, object, severity, detail, maximum);
        """
    }
}
