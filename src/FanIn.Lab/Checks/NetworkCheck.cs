using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using FanIn.TorchSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace FanIn.Lab;

/// <summary>
/// Checks a network by its spelling, or a user's module: builds it, makes a batch for it, initializes it with several
/// seeds, and has <see cref="SignalCheck"/> measure and judge.
/// </summary>
/// <example><code>
/// SignalReport report = NetworkCheck.Run(Network.Parse("mlp:50x256:relu"), Recipe.Parse("xavier_normal"));
/// Console.WriteLine(report.Verdict); // vanishing
/// </code></example>
[SuppressMessage("ApiDesign", "RS0026", Justification = "The overloads differ in their first, required parameter.")]
public static class NetworkCheck
{
    /// <summary>Checks a built-in network.</summary>
    /// <param name="network">What is built.</param>
    /// <param name="recipe">Its weights: <c>Recipe.Parse("he_normal")</c>.</param>
    /// <param name="options">Inputs, seeds, examples.</param>
    /// <exception cref="DataFormatException">The network can't read the inputs, or is too big for this machine.</exception>
    /// <exception cref="RecipeException">The recipe doesn't fit the network.</exception>
    public static SignalReport Run(Network network, Recipe recipe, NetworkCheckOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(recipe);
        options = Checked(options);
        // Half a second of a check of two: the inputs are drawn meanwhile.
        Task loading = Task.Run(NativeLoader.EnsureLoaded);
        InputShape input;
        CheckBatch batch;
        try
        {
            input = options.Input ?? options.Batch?.InputFor(network) ?? network.DefaultInput;
            network.CheckFits(input);
            int examples = (int)(options.Batch?.Shape[0] ?? options.Examples ?? UsualExamples(input));
            CheckMemory(network, input, examples);
            batch = options.Batch ?? CheckBatch.Random(input, examples, options.Seed);
        }
        finally
        {
            // A process must not end while its libraries are being loaded.
            Task.WaitAny(loading);
        }
        loading.GetAwaiter().GetResult();
        using var scope = NewDisposeScope();
        int classes = options.Classes ?? (batch.Labels is null ? network.DefaultClasses : batch.Classes.Count);
        using nn.Module<Tensor, Tensor> model = network.Build(input, classes);
        return SignalCheck.Run(model, batch.ToTensor(), Inner(options, recipe, batch) with { IsClassifier = true });
    }

    /// <summary>Checks a module of a user's own assembly.</summary>
    /// <param name="module">What is made.</param>
    /// <param name="recipe">Its weights; null for those that its constructor gives it, of which one set is looked at.</param>
    /// <param name="options">
    /// The examples, or their shape: where that is one number and the first layer with weights is an Embedding, random
    /// examples are token ids of its table.
    /// </param>
    /// <exception cref="DataFormatException">The options say neither.</exception>
    /// <exception cref="UserModuleException">The module can't be made, or fails on such examples.</exception>
    /// <exception cref="RecipeException">The recipe doesn't fit the module.</exception>
    public static SignalReport Run(UserModule module, Recipe? recipe, NetworkCheckOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        options = Checked(options);
        if (options is { Batch: null, Input: null })
        {
            throw new DataFormatException(
                $"{module} doesn't say what it reads: give the shape of one example, such as 3,64,64, or a batch."
            );
        }
        NativeLoader.EnsureLoaded();
        using var scope = NewDisposeScope();
        using nn.Module<Tensor, Tensor> model = module.Create();
        CheckBatch batch = options.Batch ?? RandomFor(model, options);
        Tensor inputs = TypedFor(model, batch.ToTensor());
        module.Try(inputs);
        return SignalCheck.Run(model, inputs, Inner(options, recipe, batch));
    }

    /// <summary>Numbers in the type of the model's own, as a model in half or double precision takes them.</summary>
    private static Tensor TypedFor(nn.Module model, Tensor inputs) =>
        inputs.is_floating_point() && model.parameters().FirstOrDefault(p => p.is_floating_point()) is { } own
            ? inputs.to(own.dtype)
            : inputs;

    private static CheckBatch RandomFor(nn.Module<Tensor, Tensor> model, NetworkCheckOptions options)
    {
        InputShape input = options.Input!;
        if (input is { Kind: InputKind.Vector, Sizes: [var length] } && UserModule.TableOf(model) is { } table)
        {
            input = InputShape.Tokens(length, (int)Math.Clamp(table.weight!.shape[0], 2, int.MaxValue));
        }
        return CheckBatch.Random(input, options.Examples ?? UsualExamples(input), options.Seed);
    }

    /// <summary>What the module's check is told.</summary>
    internal static SignalCheckOptions Inner(NetworkCheckOptions options, Recipe? recipe, CheckBatch batch) =>
        new()
        {
            Labels = batch.Labels is null ? null : tensor([.. batch.Labels.Select(label => (long)label)]),
            Recipe = recipe,
            Seed = options.Seed,
            Seeds = options.Seeds,
            Expectation = options.Expectation,
        };

    internal static int UsualExamples(InputShape input) =>
        input.Kind == InputKind.Vector && input.Sizes.Count == 1 ? 32 : 16;

    internal static NetworkCheckOptions Checked(NetworkCheckOptions? options)
    {
        options ??= new();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Seeds, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Examples ?? 2, 2, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Classes ?? 1, 1, nameof(options));
        return options;
    }

    /// <summary>Weights and their gradients, and activations with theirs, in float32.</summary>
    private static void CheckMemory(Network network, InputShape input, int examples)
    {
        (double weights, double activations) = network.LeastSize(input);
        double needed = sizeof(float) * 2 * (weights + (examples * activations));
        long available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (needed > available)
        {
            throw new DataFormatException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The network {network} is too big for this machine: a check on {examples} examples of shape {input} needs {needed / 1e9:0.0} GB of memory or more, and there are {available / 1e9:0.0} GB; make it or its inputs smaller."
                )
            );
        }
    }
}
