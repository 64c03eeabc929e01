using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>
/// Says before training whether a module's signal and gradients survive its depth, which layer is at fault and what to
/// write instead: measured on one batch, forward and backward, and predicted by theory.
/// </summary>
/// <remarks>
/// <para>The model is held in evaluation mode, so that dropout neither drops nor draws from torch's generator, except for
/// its normalization layers: those stay in the mode that they are in, since a batch's own statistics are what a fresh model
/// trains with. Weights, gradients, buffers and modes are afterwards as they were, also after an exception.</para>
/// <para>Layers are seen where they are called, <c>layer.call(x)</c>; one that a custom forward runs by
/// <c>layer.forward(x)</c> is out of sight, which is a finding. What a forward computes between layers, such as skip
/// connections and functional activations, is recognized by its numbers.</para>
/// </remarks>
/// <example>In a unit test of any framework:
/// <code>
/// [Fact]
/// public void The_network_can_be_trained()
/// {
///     using var model = new Network();
///     SignalReport report = SignalCheck.Run(model, images, new() { Labels = labels });
///     report.ThrowIfUnhealthy();
/// }
/// </code></example>
public static class SignalCheck
{
    /// <summary>Measures a model on a batch, predicts the same from theory, and judges.</summary>
    /// <param name="model">Any module from tensor to tensor, of any floating-point type.</param>
    /// <param name="batch">
    /// [batch, ...]: examples as the model takes them, standardized, or token ids (int64); at least 2 examples, or nothing is
    /// known of how they differ from each other; 16 to 64 are enough.
    /// </param>
    /// <param name="options">Labels, loss, optimizer, recipe; null for none.</param>
    /// <exception cref="ArgumentException">
    /// The batch is empty, there are fewer than 1 seeds, the loss isn't one number, or labels don't fit the output.
    /// </exception>
    /// <exception cref="RecipeException">The recipe doesn't fit the model, which is as it was.</exception>
    public static SignalReport Run(nn.Module<Tensor, Tensor> model, Tensor batch, SignalCheckOptions? options = null)
    {
        options = Checked(model, batch, options);
        List<ModelObservation> observations = [];
        Task<SignalPrediction>? theory = null;
        using (Measuring(model))
        using (Keeping(model, options))
        using (new SmallWork(model, batch))
        {
            for (int i = 0; i < (options.Recipe is null ? 1 : options.Seeds); i++)
            {
                (ModelObservation observation, SignalGraph? own) = Observe(model, batch, options, i);
                observations.Add(observation);
                // Theory needs no engine: it works while the next weights are measured. It calls nothing of the user's, whose
                // functions needn't be safe on another thread: a trace knows the catalogue's activations only.
                theory ??= Task.Run(() => own!.Predict());
            }
        }
        SignalPrediction? prediction = Predicted(observations, theory!);
        return SignalJudgement.Of(observations, prediction, options.Expectation);
    }

    /// <summary>
    /// Measures a model on a batch, and tells its structure as far as it shows: what <see cref="Run"/> judges.
    /// With a recipe, the weights are those of its first seed.
    /// </summary>
    /// <param name="model">As for <see cref="Run"/>.</param>
    /// <param name="batch">As for <see cref="Run"/>.</param>
    /// <param name="options">As for <see cref="Run"/>.</param>
    /// <returns>
    /// Figures of each layer and parameter, a layer that runs again being <c>name#2</c>; and the graph, its last node the
    /// output or, where nothing explains that, the last step known. A node called <c>measured before x</c> starts from what
    /// was measured of x's input.
    /// </returns>
    /// <exception cref="ArgumentException">As for <see cref="Run"/>.</exception>
    /// <exception cref="RecipeException">As for <see cref="Run"/>.</exception>
    public static (ModelObservation Observation, SignalGraph Graph) Observe(
        nn.Module<Tensor, Tensor> model,
        Tensor batch,
        SignalCheckOptions? options = null
    )
    {
        options = Checked(model, batch, options);
        using (Measuring(model))
        using (Keeping(model, options))
        using (new SmallWork(model, batch))
        {
            (ModelObservation observation, SignalGraph? graph) = Observe(model, batch, options, 0);
            return (observation, graph!);
        }
    }

    private static SignalCheckOptions Checked(
        nn.Module<Tensor, Tensor> model,
        Tensor batch,
        SignalCheckOptions? options
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(batch);
        options ??= new();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Seeds, 1, nameof(options));
        NativeLoader.EnsureLoaded();
        return batch.numel() > 0 && batch.dim() > 0
            ? options
            : throw new ArgumentException(
                $"The batch has shape [{string.Join(", ", batch.shape)}]; it must be [batch, ...] with at least one number.",
                nameof(batch)
            );
    }

    /// <summary>Of the first set of weights with the graph.</summary>
    private static (ModelObservation Observation, SignalGraph? Graph) Observe(
        nn.Module<Tensor, Tensor> model,
        Tensor batch,
        SignalCheckOptions options,
        int index
    )
    {
        using var scope = NewDisposeScope();
        using var grad = enable_grad();
        using var buffers = new KeptBuffers(model);
        if (options.Recipe is { } recipe)
        {
            model.Initialize(
                recipe,
                options.Seed.Following(index),
                () => LossProbe.Of(model.call(batch), !is_floating_point(batch), options).Value
            );
        }
        using var probe = new ModelProbe(model, batch, options, isFirst: index == 0);
        return probe.Run();
    }

    /// <summary>The weights, where a recipe is going to change them.</summary>
    private static KeptWeights? Keeping(nn.Module model, SignalCheckOptions options) =>
        options.Recipe is null ? null : new(model);

    private static EvaluationMode Measuring(nn.Module model) => new(model, keepNormalization: true);

    /// <summary>Null where theory can't follow the network, with a word in the first observation.</summary>
    private static SignalPrediction? Predicted(List<ModelObservation> observations, Task<SignalPrediction> theory)
    {
        try
        {
            return theory.GetAwaiter().GetResult();
        }
        catch (Exception fault) when (fault is ArgumentException or ExpectationException)
        {
            observations[0] = observations[0] with
            {
                Structure = observations[0]
                    .Structure.Add(
                        new(
                            FindingKind.UnknownOperator,
                            FindingSeverity.Note,
                            "",
                            $"Theory can't follow this network, so that only what was measured is judged: {fault.Message}"
                        )
                    ),
            };
            return null;
        }
    }
}
