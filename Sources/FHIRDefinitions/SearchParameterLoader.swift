/// Reads `search-parameters.txt` and `compartments.txt`.
struct SearchParameterLoader {
    private(set) var parameters: [SearchParameterDefinition] = []
    /// (base type, code) → index.
    let codes = KeyTable(capacity: 2048)
    /// Indices by base type.
    private(set) var byType: [[Int]]
    private(set) var compartments: [CompartmentDefinition] = []
    private let names: KeyTable
    private let urls = KeyTable(capacity: 2048)

    init(_ tables: Tables, names: KeyTable, typeCount: Int) {
        self.names = names
        byType = Array(repeating: [], count: typeCount)
        numberURLs(tables.searchParameters)
        readParameters(tables.searchParameters)
        readCompartments(tables.compartments)
    }

    private func typeID(_ name: UnsafeBufferPointer<UInt8>) -> TypeID {
        guard let number = names.value(name, owner: 0) else {
            preconditionFailure("the tables lack type \(name.tableString)")
        }
        return TypeID(rawValue: UInt16(number))
    }

    /// Numbers the parameters first, because composites refer to others further down.
    private mutating func numberURLs(_ text: UnsafeBufferPointer<UInt8>) {
        var reader = TableReader(text)
        var count: UInt32 = 0
        while var record = reader.next() {
            guard !record.isDetail else { continue }
            urls.insert(record.field(), owner: 0, count)
            count += 1
        }
    }

    private mutating func readParameters(_ text: UnsafeBufferPointer<UInt8>) {
        var reader = TableReader(text)
        var open: TableRecord?
        var components: [SearchParameterDefinition.Component] = []
        while var record = reader.next() {
            if record.isDetail {
                _ = record.field()
                guard let definition = urls.value(record.field(), owner: 0) else {
                    preconditionFailure("the tables name a component that they do not define")
                }
                components.append(.init(definition: Int(definition), expression: record.string()))
            } else {
                if let open { append(open, components) }
                open = record
                components = []
            }
        }
        if let open { append(open, components) }
    }

    private mutating func append(_ record: TableRecord, _ components: [SearchParameterDefinition.Component]) {
        var record = record
        let index = parameters.count
        let url = Tables.url(record.field(), "SearchParameter")
        let code = record.field()
        let kind = SearchParameterDefinition.Kind(rawValue: record.string())
        let bases = record.field().parts(UInt8(ascii: ",")).map(typeID)
        let targets = record.field().parts(UInt8(ascii: ",")).map(typeID)
        let usage = SearchParameterDefinition.Usage(rawValue: record.string())
        let repeats = record.field()
        let comparators = record.field().parts(UInt8(ascii: ",")).map(\.tableString)
        let modifiers = record.field().parts(UInt8(ascii: ",")).map(\.tableString)
        guard let kind, let usage else { preconditionFailure("the tables name an unknown kind of search parameter") }
        parameters.append(
            SearchParameterDefinition(
                index: index, code: code.tableString, url: url, type: kind, expression: record.string(),
                usage: usage, bases: bases, targets: targets, components: components, comparators: comparators,
                modifiers: modifiers, multipleOr: repeats.contains(UInt8(ascii: "o")),
                multipleAnd: repeats.contains(UInt8(ascii: "a"))))
        for base in bases {
            codes.insert(code, owner: base.rawValue, UInt32(index))
            byType[Int(base.rawValue)].append(index)
        }
    }

    private mutating func readCompartments(_ text: UnsafeBufferPointer<UInt8>) {
        var reader = TableReader(text)
        var code: String?
        var members: [CompartmentDefinition.Member] = []
        while var record = reader.next() {
            if record.isDetail {
                _ = record.field()
                let resource = typeID(record.field())
                members.append(.init(resource: resource, parameters: record.rest.parts(9).map(\.tableString)))
            } else {
                if let code { compartments.append(CompartmentDefinition(code: code, members: members)) }
                code = record.string()
                members = []
            }
        }
        if let code { compartments.append(CompartmentDefinition(code: code, members: members)) }
    }
}
