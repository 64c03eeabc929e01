using System.Collections.Immutable;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>
/// Fits what a plan wants fitted: first all that is fitted layer by layer, in the same passes, so that one order of
/// execution holds for all; then the ratios between layers; then the searches, one after the other.
/// </summary>
internal sealed class DataDrivenFit(
    nn.Module model,
    Plan plan,
    IReadOnlyList<TorchParameter> parameters,
    DataSource data,
    Seed seed
)
{
    public ImmutableArray<DataFit> Run()
    {
        var fits = new List<DataFit>();
        DataDrivenInitializer[] initializers =
        [
            .. plan
                .Rows.SelectMany(row => row.Parts)
                .Select(part => part.Initializer)
                .OfType<DataDrivenInitializer>()
                .Distinct(),
        ];
        List<FittedLayer> layers = FittedLayer.ListOf(model, plan, parameters);
        var layerwise = new LayerwiseFit(layers, MayChange);
        using (var evaluation = new EvaluationMode(model))
        {
            if (Array.Exists(initializers, i => UnitGoal.Of(i) is not null))
            {
                layerwise.Run(data);
            }
            foreach (DataDrivenInitializer initializer in initializers)
            {
                if (UnitGoal.Of(initializer) is not null)
                {
                    fits.Add(OfUnits(initializer, layerwise));
                }
                if (initializer is KrahenbuhlInitializer { Equalize: true } krahenbuhl)
                {
                    fits.Add(OfRatios(krahenbuhl, layerwise));
                }
                if (initializer is MetaInitInitializer metaInit)
                {
                    fits.Add(OfNorms(metaInit));
                }
            }
        }
        foreach (GradInitInitializer gradInit in initializers.OfType<GradInitInitializer>())
        {
            fits.Add(OfScales(gradInit));
        }
        return [.. fits];
    }

    /// <summary>The parameters that are trained: the ones that gradients are taken by.</summary>
    private ImmutableArray<Parameter> Trained => [.. parameters.Select(p => p.Value).Where(p => p.requires_grad)];

    /// <summary>A bias that the recipe keeps stays as it is.</summary>
    private bool MayChange(Parameter bias) =>
        plan
            .Rows.Zip(parameters)
            .Any(p => !p.First.IsKept && TensorIdentity.Of(p.Second.Value) == TensorIdentity.Of(bias));

    private IEnumerable<(PlanRow Row, Parameter Value)> Of(DataDrivenInitializer initializer) =>
        plan
            .Rows.Zip(parameters)
            .Where(p => p.First.Parts.Any(part => initializer.Equals(part.Initializer)))
            .Select(p => (p.First, p.Second.Value));

    private DataFit OfUnits(DataDrivenInitializer initializer, LayerwiseFit layerwise) =>
        new(
            initializer,
            "variance",
            WithUnseen(
                initializer,
                layerwise.Results.Where(r => r.Key.Initializer.Equals(initializer)).Select(r => r.Value)
            ),
            [],
            LayerwiseFit.Passes,
            LayerwiseFit.Passes
        );

    private DataFit OfRatios(KrahenbuhlInitializer initializer, LayerwiseFit layerwise)
    {
        ImmutableArray<FittedLayer> layers =
        [
            .. layerwise.Results.Select(r => r.Key).Where(layer => layer.Initializer.Equals(initializer)),
        ];
        var equalization = new RatioEqualization(initializer, layers, MayChange, data, seed);
        int passes = data.Passes;
        (double[] before, double[] after, int tries) = equalization.Run();
        return new(
            initializer,
            "gradient / weight, to the geometric mean",
            WithUnseen(
                initializer,
                layers.Select(
                    (layer, i) =>
                        new FittedParameter(layer.Name, before[i], after[i], tries, equalization.IsReached(after[i]))
                )
            ),
            [],
            data.Passes - passes,
            RatioEqualization.MostPasses(initializer)
        );
    }

    private DataFit OfNorms(MetaInitInitializer initializer) =>
        OfSearch(
            initializer,
            "norm",
            tuned => new MetaInitSearch(initializer, tuned, Trained, data).Run(),
            MetaInitSearch.MostPasses(initializer)
        );

    private DataFit OfScales(GradInitInitializer initializer)
    {
        BatchNorm[] normalizations =
        [
            .. TorchParameter.ModulesOf(model).Select(m => m.Module).OfType<BatchNorm>().Where(m => m.training),
        ];
        using var buffers = new KeptBuffers(model);
        using var evaluation = new EvaluationMode(model);
        foreach (BatchNorm normalization in normalizations)
        {
            normalization.train();
        }
        return OfSearch(
            initializer,
            "scale",
            tuned => new GradInitSearch(initializer, tuned, Trained, data).Run(),
            GradInitSearch.MostPasses(initializer)
        );
    }

    private DataFit OfSearch(
        DataDrivenInitializer initializer,
        string quantity,
        Func<ImmutableArray<Parameter>, SearchResult> search,
        int mostPasses
    )
    {
        // One scale can't be several rules' business: blocks with rules of their own keep what they start from.
        (string Name, Parameter Value)[] tuned =
        [
            .. Of(initializer)
                .Where(p => p.Value.requires_grad && initializer.Equals(p.Row.Initializer))
                .Select(p => (p.Row.Parameter.Name, p.Value)),
        ];
        int passes = data.Passes;
        SearchResult result = search([.. tuned.Select(p => p.Value)]);
        return new(
            initializer,
            quantity,
            WithUnseen(
                initializer,
                tuned.Select(
                    (p, i) =>
                        new FittedParameter(
                            p.Name,
                            result.Before[i],
                            result.After[i],
                            result.Tries,
                            result.IsReached(i)
                        )
                )
            ),
            result.Measures,
            data.Passes - passes,
            mostPasses
        );
    }

    /// <summary>What no data passed through keeps its start, and is reported as not reached.</summary>
    private ImmutableArray<FittedParameter> WithUnseen(
        DataDrivenInitializer initializer,
        IEnumerable<FittedParameter> seen
    )
    {
        ImmutableArray<FittedParameter> fitted = [.. seen];
        return
        [
            .. fitted,
            .. Of(initializer)
                .Select(p => p.Row.Parameter.Name)
                .Except(fitted.Select(p => p.Name))
                .Select(name => new FittedParameter(name, double.NaN, double.NaN, 0, false)),
        ];
    }
}
