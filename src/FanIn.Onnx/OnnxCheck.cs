namespace FanIn.Onnx;

/// <summary>
/// Says whether the signal survives an ONNX model: runs it forward through ONNX Runtime on one batch, looks at the output of
/// every weighted layer and at every parameter, predicts the same from theory, and judges. There are no gradients.
/// </summary>
public static class OnnxCheck
{
    /// <summary>Checks a model.</summary>
    /// <exception cref="OnnxException">
    /// An input's shape is open and not given, values don't fit their input, a recipe asks for what can't be done in memory,
    /// or ONNX Runtime can't run the model.
    /// </exception>
    /// <exception cref="RecipeException">The recipe doesn't fit the model.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Batch, seeds or the budget are below 1.</exception>
    public static SignalReport Run(OnnxModel model, OnnxCheckOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        options ??= new();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Batch, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Seeds, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MemoryBudget, 1, nameof(options));
        var probe = new ModelProbe(model, options);
        var observations = new List<ModelObservation>();
        SignalPrediction? prediction = null;
        foreach (ModelWeights weights in WeightsOf(model, options))
        {
            (ModelObservation observation, SignalPrediction? predicted) = probe.Observe(weights);
            prediction ??= predicted;
            observations.Add(observation);
        }
        SignalExpectation expected = options.Recipe is null
            ? SignalExpectation.Trained
            : SignalExpectation.Initialization;
        return SignalJudgement.Of(observations, prediction, options.Expectation ?? expected);
    }

    private static IEnumerable<ModelWeights> WeightsOf(OnnxModel model, OnnxCheckOptions options)
    {
        if (options.Recipe is null)
        {
            yield return ModelWeights.OfFile(model);
            yield break;
        }
        Plan plan = options.Recipe.Apply(model.Describe());
        for (int i = 0; i < options.Seeds; i++)
        {
            yield return ModelWeights.Drawn(model, plan, options.Seed.Following(i));
        }
    }
}
