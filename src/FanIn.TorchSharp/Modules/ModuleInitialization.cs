using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>
/// Gives every parameter of a TorchSharp module its first value, from FanIn's streams: a function of (initializer, fan,
/// seed, parameter name, element), never of the order of layers or calls.
/// </summary>
/// <example><code>
/// model.Initialize("he_normal", seed: 42);
/// transformer.Initialize("gpt2", seed: 42);
/// </code></example>
public static class ModuleInitialization
{
    /// <summary>
    /// The parameters of a module, as FanIn sees them: name, shape, layout, role. Shared ones appear once, under their
    /// first name. Of modules of one's own it knows normalization layers (a type's name with Norm in it, as in
    /// <c>RMSNorm</c>, whose one-dimensional <c>weight</c> is the scale itself) and transformers' <c>Conv1D</c>; a Linear or
    /// Conv1D called <c>c_attn</c>, <c>qkv</c>, <c>qkv_proj</c> or <c>Wqkv</c> with three outputs an input is query, key and
    /// value packed. Other parameters of one's own have the role <see cref="ParameterRole.Other"/> and no fan.
    /// </summary>
    public static ModelDescription Describe(this nn.Module model)
    {
        ArgumentNullException.ThrowIfNull(model);
        NativeLoader.EnsureLoaded();
        return new(TorchParameter.ListOf(model).Select(p => p.Description));
    }

    /// <summary>
    /// Initializes a module by name: by a built-in recipe such as <c>gpt2</c>, <c>keras</c> or <c>vit</c>, or by an
    /// initializer for its weights, with the rest as <see cref="Recipe.Of"/> says: biases 0, scales of normalization layers
    /// 1, embeddings N(0, 1). Frozen parameters keep their values.
    /// </summary>
    /// <param name="model">Any module, on any device, of any floating-point type.</param>
    /// <param name="recipe">
    /// What <see cref="Recipe.Parse"/> takes: <c>gpt2(std=0.01)</c>, <c>he_normal</c>, <c>orthogonal(gain=sqrt(2))</c>.
    /// </param>
    /// <param name="seed">Another seed gives other values.</param>
    /// <exception cref="SpellingException">Unknown spelling.</exception>
    /// <exception cref="RecipeException">
    /// A parameter of the model is of no known kind: write a <see cref="Rule"/> for it; or the model isn't of the
    /// recipe's kind. Nothing was changed.
    /// </exception>
    public static InitializationReport Initialize(this nn.Module model, string recipe, Seed seed) =>
        model.Initialize(Recipe.Parse(recipe), seed);

    /// <summary>
    /// As above, for an initializer that is fitted to data: <c>lsuv</c>, <c>krahenbuhl</c>, <c>weight_norm</c>.
    /// </summary>
    /// <param name="model">Any module.</param>
    /// <param name="recipe">What <see cref="Recipe.Parse"/> takes.</param>
    /// <param name="seed">Another seed gives other values.</param>
    /// <param name="batch">Examples as the model takes them, standardized.</param>
    /// <exception cref="SpellingException">Unknown spelling.</exception>
    /// <exception cref="RecipeException">
    /// A parameter of the model is of no known kind, or the initializer needs a loss; nothing was changed.
    /// </exception>
    public static InitializationReport Initialize(
        this nn.Module<Tensor, Tensor> model,
        string recipe,
        Seed seed,
        Tensor batch
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(batch);
        return Apply(model, Recipe.Parse(recipe), seed, new(() => model.call(batch), DataGives.Output));
    }

    /// <summary>
    /// As above, for any initializer that is fitted to data, also those that need a loss: <c>metainit</c>,
    /// <c>gradinit</c>.
    /// </summary>
    /// <param name="model">Any module.</param>
    /// <param name="recipe">What <see cref="Recipe.Parse"/> takes.</param>
    /// <param name="seed">Another seed gives other values.</param>
    /// <param name="loss">
    /// Passes a batch through the model and returns its loss, one number; called many times. The same batch each time
    /// gives the same weights each time.
    /// </param>
    /// <exception cref="SpellingException">Unknown spelling.</exception>
    /// <exception cref="RecipeException">A parameter of the model is of no known kind; nothing was changed.</exception>
    /// <exception cref="InvalidOperationException">What <paramref name="loss"/> returned is no loss; the model has its start.</exception>
    /// <example><code>
    /// model.Initialize("gradinit", seed: 42, () => functional.cross_entropy(model.call(images), labels));
    /// </code></example>
    public static InitializationReport Initialize(this nn.Module model, string recipe, Seed seed, Func<Tensor> loss) =>
        model.Initialize(Recipe.Parse(recipe), seed, loss);

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
    /// <param name="forward">
    /// Passes one batch of data through the model; called several times. Enough for <c>lsuv</c> and <c>weight_norm</c>.
    /// </param>
    /// <exception cref="RecipeException">Recipe and model don't fit; nothing was changed.</exception>
    /// <exception cref="InvalidOperationException">A parameter is on the meta device; nothing was changed.</exception>
    public static InitializationReport Initialize(this nn.Module model, Recipe recipe, Seed seed, Action forward)
    {
        ArgumentNullException.ThrowIfNull(forward);
        return Apply(
            model,
            recipe,
            seed,
            new(
                () =>
                {
                    forward();
                    return null;
                },
                DataGives.Nothing
            )
        );
    }

    /// <summary>Initializes a module by a recipe that may have data-driven initializers, also those that need a loss.</summary>
    /// <param name="model">Any module, on any device, of any floating-point type.</param>
    /// <param name="recipe">Its rules must cover all parameters.</param>
    /// <param name="seed">Another seed gives other values.</param>
    /// <param name="loss">
    /// Passes a batch through the model and returns its loss, one number; called many times. Where no initializer needs
    /// a loss, the model's output will do.
    /// </param>
    /// <exception cref="RecipeException">Recipe and model don't fit; nothing was changed.</exception>
    /// <exception cref="InvalidOperationException">
    /// A parameter is on the meta device, and nothing was changed; or what <paramref name="loss"/> returned is no loss, and
    /// the model has its start.
    /// </exception>
    public static InitializationReport Initialize(this nn.Module model, Recipe recipe, Seed seed, Func<Tensor> loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        return Apply(model, recipe, seed, new(loss, DataGives.Value));
    }

    private static InitializationReport Apply(nn.Module model, Recipe recipe, Seed seed, DataSource? data)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(recipe);
        NativeLoader.EnsureLoaded();
        List<TorchParameter> parameters = TorchParameter.ListOf(model);
        Plan plan = recipe.Apply(new ModelDescription(parameters.Select(p => p.Description)));
        DataDrivenInitializer[] dataDriven =
        [
            .. plan.Rows.SelectMany(row => row.Parts).Select(part => part.Initializer).OfType<DataDrivenInitializer>(),
        ];
        if (dataDriven.Select(i => DataSource.Missing(data, i)).FirstOrDefault(m => m is not null) is { } missing)
        {
            throw new RecipeException(missing);
        }
        CheckHaveStorage(plan, parameters);
        foreach ((PlanRow row, TorchParameter parameter) in plan.Rows.Zip(parameters))
        {
            Assign(row, parameter.Value, seed);
        }
        return new(plan, dataDriven.Length == 0 ? [] : new DataDrivenFit(model, plan, parameters, data!, seed).Run());
    }

    private static PlanPart Started(PlanPart part) =>
        part.Initializer is DataDrivenInitializer fitted ? part with { Initializer = fitted.Start } : part;

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
