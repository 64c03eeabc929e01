namespace FanIn.Checkpoints;

/// <summary>What is wrong with a checkpoint's tensors, each by itself and together.</summary>
internal static class CheckpointFindings
{
    public static IEnumerable<SignalFinding> Of(
        TensorCheck[] tensors,
        CheckpointModel? model,
        Lazy<HashSet<string>> depthScaled,
        SignalExpectation expectation
    )
    {
        var values = new ValuesRule(model, depthScaled);
        return
        [
            .. model is null ? [] : OtherTensorsRule.Judge(tensors, model),
            .. tensors.SelectMany(tensor => values.Judge(tensor, expectation)),
            .. expectation == SignalExpectation.Trained ? FreshnessRule.Judge(tensors) : [],
            .. SharedDrawsRule.Judge(tensors, model is not null),
            .. UnreadRule.Judge(tensors),
        ];
    }
}
