namespace FanIn.Checkpoints;

/// <summary>What is wrong with a checkpoint's tensors, each by itself and together.</summary>
internal static class CheckpointFindings
{
    /// <param name="tensors">All of them.</param>
    /// <param name="model">What they should be; null where it isn't known.</param>
    /// <param name="files">Of how many files the one is that was looked into, where it is one of several; else 1.</param>
    /// <param name="depthScaled">Parameters whose deviation depends on the depth.</param>
    /// <param name="expectation">What the weights are taken for.</param>
    public static IEnumerable<SignalFinding> Of(
        TensorCheck[] tensors,
        CheckpointModel? model,
        int files,
        Lazy<HashSet<string>> depthScaled,
        SignalExpectation expectation
    )
    {
        var values = new ValuesRule(model, depthScaled);
        return
        [
            .. model is null ? [] : OtherTensorsRule.Judge(tensors, model, files),
            .. tensors.SelectMany(tensor => values.Judge(tensor, expectation)),
            .. expectation == SignalExpectation.Trained ? FreshnessRule.Judge(tensors) : [],
            .. SharedDrawsRule.Judge(tensors, model is not null),
            .. UnreadRule.Judge(tensors),
        ];
    }
}
