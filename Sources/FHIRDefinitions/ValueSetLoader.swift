/// Reads `value-sets.txt`, leaving out value sets whose codes are not known.
struct ValueSetLoader {
    private(set) var valueSets: [ValueSetCodes] = []
    /// URL → position in `valueSets`, under owner 0.
    let urls = KeyTable(capacity: 512)
    /// (position in `valueSets`, code) → position of the first group that has it.
    let codes = KeyTable(capacity: 5000)
    /// (position in `valueSets`, code system) → position of its group.
    let systems = KeyTable(capacity: 512)

    init(_ tables: Tables) {
        var reader = TableReader(tables.valueSets)
        var url: String?
        var groups: [ValueSetCodes.Group] = []
        while var record = reader.next() {
            if record.isDetail {
                _ = record.field()
                groups.append(readGroup(&record, number: groups.count))
            } else {
                if let url { append(url, groups) }
                let name = record.field()
                url = record.field().equals("open") ? nil : Tables.url(name, "ValueSet")
                groups = []
            }
        }
        if let url { append(url, groups) }
    }

    private mutating func readGroup(_ record: inout TableRecord, number: Int) -> ValueSetCodes.Group {
        let url = record.field()
        systems.insert(url, owner: UInt16(valueSets.count), UInt32(number))
        let system = url.tableString
        var texts: [String] = []
        while !record.isAtEnd {
            let code = record.field()
            codes.insert(code, owner: UInt16(valueSets.count), UInt32(number))
            texts.append(code.tableString)
        }
        return ValueSetCodes.Group(system: system, codes: texts)
    }

    private mutating func append(_ url: String, _ groups: [ValueSetCodes.Group]) {
        var key = url
        key.withUTF8 { urls.insert($0, owner: 0, UInt32(valueSets.count)) }
        valueSets.append(ValueSetCodes(url: url, groups: groups))
    }
}
