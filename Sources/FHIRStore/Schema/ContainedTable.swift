/// The tables of contained resources: of all types in one, because there are few of each.
///
///     contained_resource   type and place of each, the row of the resource around it, and the columns of a resource
///     contained_str, …     as the side tables of a resource type
///
/// Written with the resource around them. A search of a type never sees them unless it asks for them, so that they cost
/// it nothing; `ResourceTable.contained` shows those of one type as if they were that type's table.
enum ContainedTable {
    static let name = "contained_resource"

    static let migration = Migration(
        version: 140, name: "contained resources",
        script: """
            CREATE TABLE contained_resource (
              rid bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
              -- the resource around it
              owner_type text COLLATE "C" NOT NULL,
              owner bigint NOT NULL,
              place int NOT NULL,
              type text COLLATE "C" NOT NULL,
              -- within the resource around it
              id text COLLATE "C" NOT NULL,
              -- of the resource around it
              updated timestamptz NOT NULL,
              self bigint NOT NULL,
              subj bigint,
              keys bigint[] NOT NULL,
              date_lo timestamptz, date_hi timestamptz,
              vq numeric, vq_hi numeric, cq numeric, cq_hi numeric,
              words text,
              content jsonb NOT NULL);
            CREATE INDEX ON contained_resource (owner_type, owner);
            CREATE INDEX ON contained_resource (type, id);
            CREATE INDEX ON contained_resource (subj) WHERE subj IS NOT NULL;
            CREATE INDEX ON contained_resource USING gin (keys) WITH (fastupdate = off);
            CREATE INDEX ON contained_resource USING gin (to_tsvector('simple', words)) WITH (fastupdate = off)
              WHERE words IS NOT NULL;
            CREATE TABLE contained_str (
              rid bigint NOT NULL REFERENCES contained_resource ON DELETE CASCADE,
              param int NOT NULL, ckey bigint, norm text COLLATE "C" NOT NULL);
            CREATE INDEX ON contained_str (param, norm text_pattern_ops, rid);
            CREATE INDEX ON contained_str (rid);
            CREATE TABLE contained_num (
              rid bigint NOT NULL REFERENCES contained_resource ON DELETE CASCADE,
              param int NOT NULL, ckey bigint, lo numeric, hi numeric, dim bigint, clo numeric, chi numeric);
            CREATE INDEX ON contained_num (param, ckey, lo, rid);
            CREATE INDEX ON contained_num (param, dim, clo, rid) WHERE dim IS NOT NULL AND ckey IS NULL;
            CREATE INDEX ON contained_num (rid);
            CREATE TABLE contained_range (
              rid bigint NOT NULL REFERENCES contained_resource ON DELETE CASCADE,
              param int NOT NULL, ckey bigint, lo timestamptz, hi timestamptz);
            CREATE INDEX ON contained_range (param, lo, rid);
            CREATE INDEX ON contained_range (rid);
            """)

    /// A part of a `WITH` that deletes what the rows of `source` contained; costs a look at their content where that is
    /// nothing.
    static func deletion(_ table: ResourceTable, of source: String) -> String {
        """
        dc AS (
          DELETE FROM contained_resource c USING \(source)
          WHERE \(source).content ? 'contained' AND c.owner_type = '\(table.typeName)' AND c.owner = \(source).rid)
        """
    }

    /// Parts of a `WITH` that write the contained resources of the one row of `w`, which has `rid` and `updated`; what
    /// they bind is what `SQLParameters.append(_:)` below adds, in order.
    static func insertion(_ table: ResourceTable, from first: Int) -> String {
        func columns(_ types: [String], from first: Int) -> String {
            types.enumerated().map { "$\(first + $0)::\($1)[]" }.joined(separator: ", ")
        }
        let own = [
            "int4", "text", "text", "int8", "int8", "text", "timestamptz", "timestamptz", "numeric", "numeric",
            "numeric", "numeric", "text", "jsonb",
        ]
        let strings = first + own.count
        let numbers = strings + 4
        let ranges = numbers + 8
        return """
            ,
            c AS (
              INSERT INTO contained_resource (owner_type, owner, updated, place, type, id, self, subj, keys, date_lo,
                date_hi, vq, vq_hi, cq, cq_hi, words, content)
              SELECT '\(table.typeName)', w.rid, w.updated, e.place, e.type, e.id, e.self, e.subj, e.keys::int8[],
                e.date_lo, e.date_hi, e.vq, e.vq_hi, e.cq, e.cq_hi, e.words, e.content
              FROM w, unnest(\(columns(own, from: first)))
                e(place, type, id, self, subj, keys, date_lo, date_hi, vq, vq_hi, cq, cq_hi, words, content)
              RETURNING rid, place),
            cs AS (
              INSERT INTO contained_str (rid, param, ckey, norm)
              SELECT c.rid, e.param, e.ckey, e.norm
              FROM unnest(\(columns(["int4", "int4", "int8", "text"], from: strings))) e(place, param, ckey, norm)
                JOIN c ON c.place = e.place),
            cn AS (
              INSERT INTO contained_num (rid, param, ckey, lo, hi, dim, clo, chi)
              SELECT c.rid, e.param, e.ckey, e.lo, e.hi, e.dim, e.clo, e.chi
              FROM unnest(\(columns(
                ["int4", "int4", "int8", "numeric", "numeric", "int8", "numeric", "numeric"], from: numbers)))
                e(place, param, ckey, lo, hi, dim, clo, chi) JOIN c ON c.place = e.place),
            cr AS (
              INSERT INTO contained_range (rid, param, ckey, lo, hi)
              SELECT c.rid, e.param, e.ckey, e.lo, e.hi
              FROM unnest(\(columns(["int4", "int4", "int8", "timestamptz", "timestamptz"], from: ranges)))
                e(place, param, ckey, lo, hi) JOIN c ON c.place = e.place)
            """
    }
}
