package import FHIRDefinitions
import FHIRSearch

/// The tables of one resource type: their names and their definition.
///
///     observation          current versions: columns for the driver of a search, hashed keys, content
///     observation_str      normalised strings          (param, norm)
///     observation_num      numbers and quantities      (param, ckey, lo, hi; in base units dim, clo, chi)
///     observation_range    dates that are not the main (param, lo, hi)
///     observation_history  superseded versions and deletions only
///
/// `content` is the resource as sent, without `meta.versionId` and `meta.lastUpdated`, which are columns. `exact`
/// holds the same text where JSONB would change a number's digits (an exponent, a negative zero).
package struct ResourceTable: Sendable {
    package let type: TypeID
    /// Name of the resource type, such as `Observation`.
    package let typeName: String
    /// Name of the main table. Comes from the definitions, never from a request, so it may stand in SQL text.
    package let name: String
    private let plan: IndexPlan
    /// Whether these are the type's contained resources, see `ContainedTable`.
    private var isContained = false
    /// What holds of the rows that are there for the caller; nil where all are.
    private var limit: RowLimit?

    package init(type: TypeID, definitions: FHIRDefinitions) {
        self.type = type
        typeName = definitions.name(of: type)
        // Quoted, because `group` and others are words of SQL.
        name = typeName.lowercased()
        plan = IndexPlan.plan(for: type, in: definitions)
    }

    /// Whether `subj` holds the patient that a row is about.
    var hasSubject: Bool { plan.hasSubject }

    /// The contained resources of the type as if they stood in a table of it.
    var contained: ResourceTable {
        var table = self
        table.isContained = true
        return table
    }

    /// The same as it is for callers who may not reach all rows.
    func limited(to limit: RowLimit) -> ResourceTable {
        var table = self
        table.limit = limit
        return table
    }

    /// What stands behind `FROM`, always before an alias: the rows that are there for the caller.
    package var current: String {
        if isContained {
            return "(SELECT * FROM \(ContainedTable.name) WHERE type = '\(typeName)')"
        }
        return limit.map { "(SELECT * FROM \(all) a WHERE \($0.current))" } ?? all
    }
    /// Name of the table with all rows, whoever asks: for writes, and for what no caller learns anything from.
    var all: String { "\"\(name)\"" }
    /// Name of the index on the hashed keys, as PostgreSQL's `regclass` reads it.
    package var keysIndex: String { "\"\(name)_keys_idx\"" }
    /// Name of the index for full-text search, likewise.
    package var wordsIndex: String { "\"\(name)_words_idx\"" }
    /// What stands behind `FROM`, as `current`: past versions and deletions of what is, or was, there for the caller.
    package var history: String {
        guard let limit else { return allHistory }
        let isThere = "EXISTS (SELECT FROM \(all) a WHERE a.id = h.id AND \(limit.current))"
        guard limit.holdsOfDeletions else { return "(SELECT * FROM \(allHistory) h WHERE \(isThere))" }
        // A deletion holds the index values of what was deleted. It speaks for the past only while it is the last word.
        return """
            (SELECT * FROM \(allHistory) h WHERE \(isThere)
               OR NOT EXISTS (SELECT FROM \(all) c WHERE c.id = h.id)
                 AND EXISTS (SELECT FROM \(allHistory) a
                   WHERE a.id = h.id AND a.version = (SELECT max(version) FROM \(allHistory) l WHERE l.id = h.id)
                     AND a.method = 'D' AND \(limit.current)))
            """
    }
    /// Name of the table with all past versions, as `all`.
    var allHistory: String { "\"\(name)_history\"" }
    package var strings: String { side("str") }
    package var numbers: String { side("num") }
    package var ranges: String { side("range") }

    private func side(_ suffix: String) -> String { isContained ? "contained_\(suffix)" : "\"\(name)_\(suffix)\"" }

    /// Always true, and what allows a query to use the index on the main date of all rows.
    static func walksDates(alias: String?) -> String { (alias.map { $0 + "." } ?? "") + "rid > 0" }

    /// Types that others are about or done by, and that are written less often: `_has` finds them by their hash. For
    /// the rest the index would cost every write more than such searches are worth.
    private static let referredTo: Set<String> = [
        "CareTeam", "Device", "Encounter", "Group", "HealthcareService", "Location", "Medication", "Organization",
        "Patient", "Practitioner", "PractitionerRole", "RelatedPerson", "Schedule",
    ]

    /// DDL of all tables and indexes of the type.
    ///
    /// The settings: `keys` needs fine statistics, because rare and common keys share the column; GIN keeps its
    /// pending list, which a background task empties; content stays in the row where it fits.
    ///
    /// The two indexes on the main date hold the whole order of a search by it: date, missing ones last, then `rid`.
    /// The one over all rows is partial by a condition that always holds, so that only searches that say the same
    /// (`walksDates`) can be planned over it: the planner likes it even where one patient's rows are the better way.
    package var definition: String {
        var lines: [String] = []
        lines.append(
            """
            CREATE TABLE \(all) (
              id text COLLATE "C" PRIMARY KEY,
              rid bigint GENERATED ALWAYS AS IDENTITY,
              version int NOT NULL,
              method "char" NOT NULL,
              updated timestamptz NOT NULL,
              self bigint NOT NULL,
              subj bigint,
              keys bigint[] NOT NULL,
              date_lo timestamptz, date_hi timestamptz,
              vq numeric, vq_hi numeric, cq numeric, cq_hi numeric,
              words text,
              content jsonb NOT NULL,
              exact text
            ) WITH (autovacuum_vacuum_insert_scale_factor = 0.05);
            ALTER TABLE \(all) ALTER keys SET STATISTICS 1000;
            CREATE UNIQUE INDEX ON \(all) (rid);
            CREATE INDEX \(keysIndex) ON \(all)
              USING gin (keys) WITH (fastupdate = on, gin_pending_list_limit = 1024);
            CREATE INDEX \(wordsIndex) ON \(all)
              USING gin (to_tsvector('simple', words)) WITH (fastupdate = on, gin_pending_list_limit = 1024)
              WHERE words IS NOT NULL;
            CREATE INDEX ON \(all) (updated, id);
            """)
        if Self.referredTo.contains(typeName) { lines.append("CREATE INDEX ON \(all) (self);") }
        if plan.hasSubject {
            lines.append(
                "CREATE INDEX ON \(all) (subj, date_lo DESC NULLS LAST, rid DESC) WHERE subj IS NOT NULL;")
        }
        if plan.dateParameter != nil {
            lines.append(
                "CREATE INDEX ON \(all) (date_lo DESC NULLS LAST, rid DESC) WHERE \(Self.walksDates(alias: nil));")
        }
        if plan.quantityParameter != nil {
            lines.append(
                """
                CREATE INDEX ON \(all) (vq, rid) WHERE vq IS NOT NULL;
                CREATE INDEX ON \(all) (vq_hi, rid) WHERE vq_hi > vq;
                """)
        }
        lines.append(
            """
            CREATE TABLE \(strings) (
              rid bigint NOT NULL, param int NOT NULL, ckey bigint, norm text COLLATE "C" NOT NULL);
            CREATE INDEX ON \(strings) (param, norm text_pattern_ops, rid);
            CREATE INDEX ON \(strings) (rid);
            CREATE TABLE \(numbers) (
              rid bigint NOT NULL, param int NOT NULL, ckey bigint, lo numeric, hi numeric,
              dim bigint, clo numeric, chi numeric);
            CREATE INDEX ON \(numbers) (param, ckey, lo, rid);
            CREATE INDEX ON \(numbers) (param, ckey, hi, rid) WHERE hi > lo;
            CREATE INDEX ON \(numbers) (param, dim, clo, rid) WHERE dim IS NOT NULL AND ckey IS NULL;
            CREATE INDEX ON \(numbers) (rid);
            CREATE TABLE \(ranges) (
              rid bigint NOT NULL, param int NOT NULL, ckey bigint, lo timestamptz, hi timestamptz);
            CREATE INDEX ON \(ranges) (param, lo, rid);
            CREATE INDEX ON \(ranges) (rid);
            CREATE TABLE \(allHistory) (
              id text COLLATE "C" NOT NULL,
              version int NOT NULL,
              updated timestamptz NOT NULL,
              method "char" NOT NULL,
              content jsonb,
              exact text,
              PRIMARY KEY (id, version));
            CREATE INDEX ON \(allHistory) (updated, id);
            """)
        return lines.joined(separator: "\n")
    }
}
