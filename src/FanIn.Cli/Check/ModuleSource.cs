using FanIn.Lab;

namespace FanIn.Cli.Check;

/// <summary>A check of a TorchSharp module in a user's assembly.</summary>
internal static class ModuleSource
{
    /// <exception cref="UserModuleException">There is no such module, or it fails.</exception>
    /// <exception cref="DataFormatException">The batch can't be read.</exception>
    /// <exception cref="RecipeException">The recipe doesn't fit the module.</exception>
    public static CheckOutcome Check(CheckRequest request)
    {
        NetworkCheckOptions options = NetworkSource.Options(request, sizes => InputShape.Numbers(sizes.AsSpan()));
        if (options is { Input: null, Batch: null })
        {
            throw new UsageException(
                "--assembly needs to know what the module reads: --input-shape 3,224,224 (one example, without the batch), or --batch FILE.npy"
            );
        }
        var module = UserModule.Load(request.Source, request.Module);
        SignalReport report = NetworkCheck.Run(module, request.Recipe, options);
        return new(request.RecipeText is null ? module.Name : $"{module.Name} with {request.RecipeText}", report)
        {
            File = request.Source,
            Recipe = request.Recipe,
            Seeds = request.Recipe is null ? null : request.Seeds,
            Settings =
            [
                ("Module", module.ToString()),
                (
                    "Weights",
                    request.RecipeText is null
                        ? "as its constructor gives them"
                        : $"{request.RecipeText}, {NetworkSource.Seeds(request)}"
                ),
                ("Inputs", NetworkSource.Inputs(request, options.Input?.ToString() ?? "")),
            ],
        };
    }
}
