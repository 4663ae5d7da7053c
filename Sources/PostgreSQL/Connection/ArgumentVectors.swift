/// The four parallel arrays that libpq takes parameters in, kept between statements so that sending allocates nothing.
struct ArgumentVectors {
    private var types: [UInt32] = []
    private var values: [UnsafePointer<CChar>?] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []

    /// Lends the arrays filled for `parameters`; they are valid within `body` only.
    mutating func withVectors<R>(
        _ parameters: SQLParameters,
        _ body: (
            _ types: UnsafePointer<UInt32>?, _ values: UnsafePointer<UnsafePointer<CChar>?>?,
            _ lengths: UnsafePointer<Int32>?, _ formats: UnsafePointer<Int32>?
        ) -> R
    ) -> R {
        types.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
        lengths.removeAll(keepingCapacity: true)
        formats.removeAll(keepingCapacity: true)
        return parameters.storage.withUnsafeBytes { bytes in
            for entry in parameters.entries {
                types.append(entry.type)
                lengths.append(entry.byteCount)
                formats.append(entry.isBinary ? 1 : 0)
                values.append(Self.pointer(to: entry, in: bytes))
            }
            return body(types, values, lengths, formats)
        }
    }

    /// nil means NULL to libpq, so an empty value needs a pointer too, even where the buffer is empty.
    private static func pointer(
        to entry: SQLParameters.Entry, in bytes: UnsafeRawBufferPointer
    ) -> UnsafePointer<
        CChar
    >? {
        guard entry.offset >= 0 else { return nil }
        guard let base = bytes.baseAddress else { return UnsafePointer(bitPattern: 1) }
        return (base + Int(entry.offset)).assumingMemoryBound(to: CChar.self)
    }
}
