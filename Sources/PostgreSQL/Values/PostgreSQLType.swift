/// Object ids of built-in types (catalog `pg_type`); fixed since PostgreSQL 7.
enum PostgreSQLType {
    static let bool: UInt32 = 16
    static let bytea: UInt32 = 17
    static let int8: UInt32 = 20
    static let int2: UInt32 = 21
    static let int4: UInt32 = 23
    static let text: UInt32 = 25
    static let int4Array: UInt32 = 1007
    static let textArray: UInt32 = 1009
    static let int8Array: UInt32 = 1016
    static let timestamptz: UInt32 = 1184
    static let timestamptzArray: UInt32 = 1185
    static let numericArray: UInt32 = 1231
    static let jsonb: UInt32 = 3802
    static let jsonbArray: UInt32 = 3807

    /// PostgreSQL counts microseconds from 2000-01-01T00:00:00Z, which lies this far from 1970.
    static let epochDifference: Int64 = 946_684_800_000_000

    /// Microseconds since 1970 as PostgreSQL's own count. The least and the greatest number stand for `-infinity` and
    /// `infinity`, as they do on the wire. A time too far in the past to be counted becomes the earliest one, which
    /// the server then refuses.
    static func timestamp(_ microsecondsSince1970: Int64) -> Int64 {
        if microsecondsSince1970 == Int64.min || microsecondsSince1970 == Int64.max { return microsecondsSince1970 }
        let (value, overflow) = microsecondsSince1970.subtractingReportingOverflow(epochDifference)
        return overflow ? Int64.min + 1 : value
    }
}
