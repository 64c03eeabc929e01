using System.Collections.Immutable;
using FanIn.Lab;

namespace FanIn.Cli.Check;

/// <summary>A check of a built-in network.</summary>
internal static class NetworkSource
{
    /// <exception cref="SpellingException">An unknown network.</exception>
    /// <exception cref="DataFormatException">The batch can't be read, or not by this network.</exception>
    /// <exception cref="RecipeException">The recipe doesn't fit the network.</exception>
    public static CheckOutcome Check(CheckRequest request)
    {
        var network = Network.Parse(request.Source);
        NetworkCheckOptions options = Options(request, sizes => network.InputOf(sizes));
        SignalReport report = NetworkCheck.Run(network, request.Recipe!, options);
        return new($"{network} with {request.RecipeText}", report)
        {
            Recipe = request.Recipe,
            RecipeFile = request.RecipeFile,
            Seeds = request.Seeds,
            Settings =
            [
                ("Network", network.ToString()),
                ("Weights", $"{request.RecipeText}, {Seeds(request)}"),
                ("Inputs", Inputs(request, (options.Input ?? network.DefaultInput).ToString())),
            ],
        };
    }

    internal static NetworkCheckOptions Options(CheckRequest request, Func<ImmutableArray<long>, InputShape> shapeOf)
    {
        (string Name, ImmutableArray<long> Sizes)? shape = request.InputShapes switch
        {
            [] => null,
            [var one] when one.Name.Length == 0 => one,
            [var one, ..] => throw new UsageException(
                $"--input-shape {one.Name}= names an input, which an .onnx file has: give the sizes alone, such as 3,224,224"
            ),
        };
        if (shape is not null && request.Batch is not null)
        {
            throw new UsageException("--batch has a shape of its own: leave out --input-shape");
        }
        if (request.Examples == 1)
        {
            throw new UsageException("--examples must be 2 or more: a check compares examples with one another");
        }
        return new()
        {
            Input = shape is { } given ? shapeOf(given.Sizes) : null,
            Examples = request.Examples,
            Batch = request.Batch is { } path ? CheckBatch.Load(path) : null,
            Seed = request.Seed,
            Seeds = request.Seeds,
            Expectation = request.Expect ?? SignalExpectation.Initialization,
        };
    }

    internal static string Seeds(CheckRequest request) =>
        request.Seeds == 1 ? $"seed {request.Seed}" : $"{request.Seeds} seeds from {request.Seed}";

    internal static string Inputs(CheckRequest request, string shape) =>
        request.Batch ?? $"standard normal numbers, {shape}";
}
