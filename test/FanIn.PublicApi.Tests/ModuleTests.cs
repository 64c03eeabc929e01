using FanIn;
using FanIn.TorchSharp;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Outside;

/// <summary>A TorchSharp model with a forward of its own.</summary>
public sealed class ModuleTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void AModuleByARecipe()
    {
        var model = new Residual(width: 16, depth: 3);
        Recipe recipe = Recipe
            .Parse("orthogonal(gain=sqrt(2))")
            .With(Rule.For("blocks.*.weight", "normal(std=1/sqrt(fan_in*depth))"), Rule.Keep("head.bias"));
        float[] kept = Values(model, "head.bias");

        InitializationReport report = model.Initialize(recipe, seed: 4);

        Assert.Equal(model.named_parameters().Select(p => p.name), report.Plan.Rows.Select(row => row.Parameter.Name));
        Assert.Equal(kept, Values(model, "head.bias"));
        float[] stem = new float[16 * 8];
        Initializer.Orthogonal(Math.Sqrt(2)).Fill(stem, TensorDescription.Dense(16, 8), seed: 4, key: "stem.weight");
        Assert.Equal(stem, Values(model, "stem.weight"));
        float[] block = new float[16 * 16];
        // Each layer has one weight, so all five are blocks of one chain.
        Initializer
            .Normal(std: 1 / Math.Sqrt(16 * 5))
            .Fill(block, TensorDescription.Dense(16, 16), seed: 4, key: "blocks.2.weight");
        Assert.Equal(block, Values(model, "blocks.2.weight"));
        // The plan before and without the model's values is the same.
        Assert.Equal(recipe.Apply(model.Describe()), report.Plan);
    }

    [Fact]
    public void LsuvFitsToABatch()
    {
        var model = new Residual(width: 32, depth: 4);
        float[] values = new float[64 * 8];
        RandomStream.Create(seed: 1, "batch").FillNormal(values, mean: 0.5, std: 3);
        using Tensor batch = tensor(values).reshape(64, 8);

        InitializationReport report = model.Initialize("lsuv", seed: 4, batch);

        Assert.Empty(report.NotReached);
        Assert.Equal(6, report.Fits.Single().Parameters.Length);
        using Tensor stem = model.Stem.call(batch);
        Assert.InRange(stem.var(unbiased: false).item<float>(), 0.95f, 1.05f);
        SignalMeasurement signal = SignalProbe.Measure(model, batch, y => y.square().mean());
        Assert.Equal(6, signal.Layers.Length);
        using Tensor output = model.call(batch);
        Assert.InRange(output.var(unbiased: false).item<float>(), 0.95f, 1.05f);
    }

    /// <summary>What PyTorch's constructor draws after manual_seed, drawn by FanIn into a model that exists.</summary>
    [Fact]
    public void AModuleAsPyTorchWouldHaveMadeIt()
    {
        random.manual_seed(42);
        Linear made = nn.Linear(6, 5);
        Linear reset = nn.Linear(6, 5);
        reset.ResetParameters(new TorchRandom(seed: 42));
        Assert.Equal(Values(made, "weight"), Values(reset, "weight"));
        Assert.Equal(Values(made, "bias"), Values(reset, "bias"));
    }

    [Fact]
    public void AnActivationOfTheCatalogueIsALayer()
    {
        var layer = new ActivationModule(Activation.Parse("squared_relu"));
        using Tensor y = layer.call(tensor([-1f, 2f, 3f]));
        Assert.Equal([0f, 4f, 9f], y.data<float>().ToArray());
    }

    private static float[] Values(nn.Module model, string name) =>
        model.named_parameters().Single(p => p.name == name).parameter.data<float>().ToArray();

    private sealed class Residual : nn.Module<Tensor, Tensor>
    {
        private readonly Linear stem;
        private readonly ModuleList<Linear> blocks;
        private readonly Linear head;

        public Residual(int width, int depth)
            : base(nameof(Residual))
        {
            stem = nn.Linear(8, width);
            blocks = nn.ModuleList([.. Enumerable.Range(0, depth).Select(_ => nn.Linear(width, width))]);
            head = nn.Linear(width, 2);
            RegisterComponents();
        }

        public Linear Stem => stem;

        public override Tensor forward(Tensor input)
        {
            Tensor x = nn.functional.relu(stem.call(input));
            foreach (Linear block in blocks)
            {
                x = x + nn.functional.relu(block.call(x));
            }
            return head.call(x);
        }
    }
}
