extension TrainingFolder {
    /// The ways of training that a model brings, as the wizard shows them.
    var trainingMethods: [TrainingMethod] {
        methods.map { method in
            TrainingMethod(name: method.name, parameters: method.hyperparameters.map(\.parameter), isCustom: true)
        }
    }
}

extension Hyperparameter {
    fileprivate var parameter: TrainingParameter {
        let kind: TrainingParameter.Kind =
            switch type {
            case .float: .number
            case .int: .integer
            case .str: .string
            case .bool: .truth
            }
        return TrainingParameter(
            name: name,
            kind: kind,
            group: .custom,
            isRequired: isRequired,
            standard: standard ?? "",
            most: type == .str ? 1000 : nil,
            help: LocalName(en: help, zh: help)
        )
    }
}
