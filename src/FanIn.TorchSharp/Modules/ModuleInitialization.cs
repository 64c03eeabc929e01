using System.Collections.Immutable;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>
/// Gives every parameter of a TorchSharp module its first value, from FanIn's streams: a function of (initializer, fan,
/// seed, parameter name, element), never of the order of layers or calls.
/// </summary>
/// <example><code>
/// model.Initialize("he_normal", seed: 42);
/// </code></example>
public static class ModuleInitialization
{
    /// <summary>
    /// The parameters of a module, as FanIn sees them: name, shape, layout, role. Shared ones appear once, under their
    /// first name. Parameters of layers that FanIn doesn't know have the role <see cref="ParameterRole.Other"/> and no fan.
    /// </summary>
    public static ModelDescription Describe(this nn.Module model)
    {
        ArgumentNullException.ThrowIfNull(model);
        NativeLoader.EnsureLoaded();
        return new(TorchParameter.ListOf(model).Select(p => p.Description));
    }

    /// <summary>
    /// Initializes weights by <paramref name="initializer"/>, and the rest as <see cref="Recipe.Of"/> says: biases 0,
    /// scales of normalization layers 1, embeddings N(0, 1). Frozen parameters keep their values.
    /// </summary>
    /// <param name="model">Any module, on any device, of any floating-point type.</param>
    /// <param name="initializer">A text form such as <c>he_normal</c> or <c>orthogonal(gain=sqrt(2))</c>.</param>
    /// <param name="seed">Another seed gives other values.</param>
    /// <exception cref="SpellingException">Unknown spelling.</exception>
    /// <exception cref="RecipeException">A parameter of the model is of no known kind: write a <see cref="Rule"/> for it.</exception>
    public static InitializationReport Initialize(this nn.Module model, string initializer, Seed seed) =>
        model.Initialize(Recipe.Of(Initializer.Parse(initializer)), seed);

    /// <summary>As above, for an initializer that is fitted to data: <c>lsuv</c>.</summary>
    /// <param name="model">Any module.</param>
    /// <param name="initializer">A text form.</param>
    /// <param name="seed">Another seed gives other values.</param>
    /// <param name="batch">Examples as the model takes them, standardized.</param>
    public static InitializationReport Initialize(
        this nn.Module<Tensor, Tensor> model,
        string initializer,
        Seed seed,
        Tensor batch
    ) => model.Initialize(Recipe.Of(Initializer.Parse(initializer)), seed, () => model.call(batch).Dispose());

    /// <summary>Initializes a module by a recipe.</summary>
    /// <param name="model">Any module, on any device, of any floating-point type.</param>
    /// <param name="recipe">Its rules must cover all parameters.</param>
    /// <param name="seed">Another seed gives other values.</param>
    /// <exception cref="RecipeException">Recipe and model don't fit, or the recipe needs data; nothing was changed.</exception>
    /// <exception cref="InvalidOperationException">A parameter is on the meta device; nothing was changed.</exception>
    public static InitializationReport Initialize(this nn.Module model, Recipe recipe, Seed seed) =>
        Apply(model, recipe, seed, null);

    /// <summary>Initializes a module by a recipe that may have data-driven initializers.</summary>
    /// <param name="model">Any module, on any device, of any floating-point type.</param>
    /// <param name="recipe">Its rules must cover all parameters.</param>
    /// <param name="seed">Another seed gives other values.</param>
    /// <param name="forward">Passes one batch of data through the model; called several times.</param>
    /// <exception cref="RecipeException">Recipe and model don't fit; nothing was changed.</exception>
    /// <exception cref="InvalidOperationException">A parameter is on the meta device; nothing was changed.</exception>
    public static InitializationReport Initialize(this nn.Module model, Recipe recipe, Seed seed, Action forward)
    {
        ArgumentNullException.ThrowIfNull(forward);
        return Apply(model, recipe, seed, forward);
    }

    private static InitializationReport Apply(nn.Module model, Recipe recipe, Seed seed, Action? forward)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(recipe);
        NativeLoader.EnsureLoaded();
        List<TorchParameter> parameters = TorchParameter.ListOf(model);
        Plan plan = recipe.Apply(new ModelDescription(parameters.Select(p => p.Description)));
        PlanRow? dataDriven = plan.Rows.FirstOrDefault(row => row.Initializer is { IsDataDriven: true });
        if (dataDriven is not null && forward is null)
        {
            throw new RecipeException(
                $"{dataDriven.Initializer} is fitted to data: give Initialize a batch, or a function that passes one through the model"
            );
        }
        CheckHaveStorage(plan, parameters);
        foreach ((PlanRow row, TorchParameter parameter) in plan.Rows.Zip(parameters))
        {
            Assign(row, parameter.Value, seed);
        }
        return new(plan, dataDriven is null ? [] : Lsuv.Scale(model, plan, parameters, forward!));
    }

    private static PlanPart Started(PlanPart part) =>
        part.Initializer is LsuvInitializer lsuv ? part with { Initializer = lsuv.Start } : part;

    /// <summary>What is copied to the meta device vanishes without a word.</summary>
    private static void CheckHaveStorage(Plan plan, List<TorchParameter> parameters)
    {
        foreach ((PlanRow row, TorchParameter parameter) in plan.Rows.Zip(parameters))
        {
            if (!row.IsKept && parameter.Value.device_type == global::TorchSharp.DeviceType.META)
            {
                throw new InvalidOperationException(
                    $"'{row.Parameter.Name}' is on the meta device, which holds no values; move the model to a device that does, such as the CPU, before initializing it"
                );
            }
        }
    }

    private static void Assign(PlanRow row, Parameter target, Seed seed)
    {
        if (row.IsKept)
        {
            return;
        }
        PlanRow drawn = row with { Parts = [.. row.Parts.Select(Started)] };
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        // Any other device and strides are the copy's business.
        bool inPlace = target.device_type == global::TorchSharp.DeviceType.CPU && target.is_contiguous();
        // Parts that keep their values are in the copy too.
        Tensor values = inPlace ? target : target.detach().cpu().contiguous();
        ParameterFill.Fill(drawn, values, seed);
        if (inPlace)
        {
            // Tells a backward pass that still needs the old values that they are gone, as a copy would.
            target.view(-1).narrow(0, 0, 0).zero_();
        }
        else
        {
            target.copy_(values);
        }
    }
}
