using System.Collections.Immutable;
using System.Globalization;
using FanIn.Lab;
using FanIn.Onnx;

namespace FanIn.Cli.Check;

/// <summary>A check of an ONNX file. No libtorch is needed for it.</summary>
internal static class OnnxSource
{
    /// <exception cref="OnnxException">The file can't be read, or the model can't be run.</exception>
    /// <exception cref="RecipeException">The recipe doesn't fit the model.</exception>
    public static CheckOutcome Check(CheckRequest request)
    {
        var model = OnnxModel.Load(request.Source);
        var options = new OnnxCheckOptions
        {
            InputShapes = request.InputShapes.ToImmutableDictionary(
                shape => shape.Name,
                shape => WholeShape(model, shape.Name, shape.Sizes, request.Examples)
            ),
            Inputs = request.Batch is null
                ? ImmutableDictionary<string, OnnxBatch>.Empty
                : ImmutableDictionary<string, OnnxBatch>.Empty.Add("", Read(request.Batch)),
            Seed = request.Seed,
            Seeds = request.Seeds,
            Recipe = request.Recipe,
            Expectation = request.Expect,
        };
        options = request.Examples is { } examples ? options with { Batch = examples } : options;
        return new(
            request.RecipeText is null ? request.Source : $"{request.Source} with {request.RecipeText}",
            OnnxCheck.Run(model, options)
        )
        {
            File = request.Source,
            Recipe = request.Recipe,
            Seeds = request.Recipe is null ? null : request.Seeds,
            Settings =
            [
                ("Model", request.Source),
                .. model.Inputs.Select(input => ("Input", input.ToString())),
                ("Weights", request.RecipeText ?? "as they are in the file"),
                ("Batch", request.Batch ?? $"{options.Batch} examples of standard normal numbers"),
                ("Seed", request.Seed.ToString()),
            ],
        };
    }

    /// <summary>
    /// Sizes of one example get the batch's before them: the model's own, or the number of examples. As many sizes as the
    /// model's input has are a whole shape.
    /// </summary>
    private static ImmutableArray<long> WholeShape(
        OnnxModel model,
        string name,
        ImmutableArray<long> sizes,
        int? examples
    )
    {
        OnnxInput? input =
            name.Length == 0 && model.Inputs.Length == 1
                ? model.Inputs[0]
                : model.Inputs.FirstOrDefault(i => i.Name == name);
        if (input is null && name.Length > 0)
        {
            throw new UsageException(
                "--input-shape: " + Spelling.Unknown("input", name, [.. model.Inputs.Select(i => i.Name)])
            );
        }
        long batch = examples ?? new OnnxCheckOptions().Batch;
        return input?.Shape is not { } known || known.Length != sizes.Length + 1
            ? sizes
            : [known[0] > 0 ? known[0] : batch, .. sizes];
    }

    private static OnnxBatch Read(string path)
    {
        var batch = CheckBatch.Load(path);
        return new(batch.ToFloats(), [.. batch.Shape]);
    }
}
