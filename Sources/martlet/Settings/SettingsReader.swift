import ArgumentParser
import Configuration
import SystemPackage

/// Looks options up: command line first, then `MARTLET_…` in the environment, then the configuration file.
struct SettingsReader {
    private let reader: ConfigReader

    /// - Parameter file: path of a JSON file, or nil for none.
    init(file: String?) async throws {
        let environment = EnvironmentVariablesProvider().prefixKeys(with: "martlet")
        guard let file else {
            reader = ConfigReader(provider: environment)
            return
        }
        do {
            let provider = try await FileProvider<JSONSnapshot>(filePath: FilePath(file))
            reader = ConfigReader(providers: [environment, provider])
        } catch {
            throw ValidationError("the configuration file \(file) cannot be read: \(error)")
        }
    }

    /// - Parameter key: in camel case: `databaseUrl` is `MARTLET_DATABASE_URL`.
    func string(_ key: String, _ option: String?) -> String? {
        option ?? reader.string(forKey: ConfigKey(key)).flatMap { $0.isEmpty ? nil : $0 }
    }

    /// A list: repeated on the command line, with commas in the environment, an array in the file.
    func strings(_ key: String, _ options: [String]) -> [String] {
        if !options.isEmpty { return options }
        return reader.stringArray(forKey: ConfigKey(key), default: []).filter { !$0.isEmpty }
    }

    func integer(_ key: String, _ option: Int?) throws -> Int? {
        if let option { return option }
        guard let text = reader.string(forKey: ConfigKey(key)) ?? reader.int(forKey: ConfigKey(key)).map({ String($0) })
        else { return nil }
        guard let value = Int(text) else { throw ValidationError("\(key) must be a whole number") }
        return value
    }
}
