import Foundation
import HL7Syntax

// Two ways to run the same check: alone with its own mutations (`FuzzHL7 --seconds N [--seed S]`), or under libFuzzer,
// compiled with -D LIBFUZZER and -sanitize=fuzzer, which brings its own main.

#if LIBFUZZER
    @_cdecl("LLVMFuzzerTestOneInput")
    public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
        let bytes = Array(UnsafeBufferPointer(start: start, count: count))
        // A crash is how libFuzzer learns of a finding, and what makes it keep the input.
        if let failure = HL7Check.failure(of: bytes) { fatalError(failure) }
        return 0
    }
#else
    @main
    struct FuzzHL7 {
        static func main() {
            let seconds = option("--seconds").flatMap(Double.init) ?? 10
            let seed = option("--seed").flatMap(UInt64.init) ?? 1
            var mutator = MessageMutator(seed: seed)
            let end = Date(timeIntervalSinceNow: seconds)
            var inputs = 0
            var failures = 0
            while Date() < end, failures < 20 {
                for _ in 0..<200 {
                    let bytes = mutator.input()
                    inputs += 1
                    guard let failure = HL7Check.failure(of: bytes) else { continue }
                    failures += 1
                    print("\(failure): \(String(reflecting: String(decoding: bytes, as: UTF8.self))) \(bytes)")
                }
            }
            var usage = rusage()
            getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
            print("\(inputs) inputs from seed \(seed), \(failures) failures, at most \(usage.ru_maxrss / 1024) MB")
            // The inputs are small: more memory than this would mean that something of them is kept.
            exit(failures == 0 && usage.ru_maxrss < 512 * 1024 ? 0 : 1)
        }

        private static func option(_ name: String) -> String? {
            let arguments = CommandLine.arguments
            guard let index = arguments.firstIndex(of: name), index + 1 < arguments.count else { return nil }
            return arguments[index + 1]
        }
    }
#endif
