using System.Globalization;
using FanIn.TorchSharp.Tests.Modules;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp.Tests.Models;

/// <summary>Transformers by name: every parameter against a table.</summary>
public sealed class TransformerTests : IDisposable
{
    private const int Depth = 3;
    private const long Width = 64;
    private const long Inner = 160;

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Gpt2HasSmallerProjectionsIntoTheStream(bool linear)
    {
        TestModule model = TestModels.Gpt2(Depth, Width, linear: linear);

        Plan plan = ModelTable.Check(model, "gpt2", Gpt2);

        Assert.Equal(4 + (12 * Depth), plan.Rows.Length);
        PlanRow[] residual =
        [
            .. plan.Rows.Where(r => r.Parameter.Name.EndsWith("c_proj.weight", StringComparison.Ordinal)),
        ];
        Assert.Equal(2 * Depth, residual.Length);
        Assert.All(residual, row => Assert.Equal(0.02 / Math.Sqrt(2 * Depth), row.StandardDeviation));
        Logits(model, 300);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ATiedHeadAppearsOnceAsTheEmbeddingThatItIs(bool headFirst)
    {
        TestModule model = TestModels.Gpt2(1, Width, headFirst);

        Plan plan = model.Initialize("gpt2", seed: 1).Plan;

        (string first, string other) = headFirst
            ? ("lm_head.weight", "transformer.wte.weight")
            : ("transformer.wte.weight", "lm_head.weight");
        PlanRow row = Assert.Single(plan.Rows, r => r.Parameter.Tensor.Shape.SequenceEqual([300, Width]));
        Assert.Equal(first, row.Parameter.Name);
        Assert.Equal([other], row.Parameter.Aliases);
        Assert.Equal(ParameterRole.Embedding, row.Parameter.Role);
        Assert.Equal(TensorDescription.Embedding(300, Width), row.Parameter.Tensor);
    }

    /// <summary>An embedding gives its table out under a new handle each time, whatever the type.</summary>
    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float16)]
    public void TiesAreSeenInEveryElementType(ScalarType type)
    {
        Embedding table = nn.Embedding(5, 3, dtype: type);
        Linear head = nn.Linear(3, 5, hasBias: false, dtype: type);
        Linear other = nn.Linear(3, 5, hasBias: false, dtype: type);
        head.weight = table.weight!;
        var model = new TestModule(x => x, ("table", table), ("head", head), ("other", other));

        Plan plan = model.Initialize("he_normal", seed: 1).Plan;

        Assert.Equal(["table.weight", "other.weight"], plan.Rows.Select(row => row.Parameter.Name));
        Assert.Equal(["head.weight"], plan.Rows[0].Parameter.Aliases);
        Assert.Equal(table.weight!.Values(), head.weight.Values());
    }

    [Fact]
    public void MatricesStoredEitherWayHaveTheSameConnections()
    {
        TestModule conv1D = TestModels.Gpt2(1, Width);
        TestModule linear = TestModels.Gpt2(1, Width, linear: true);

        conv1D.Initialize("xavier_normal", seed: 1);
        linear.Initialize("xavier_normal", seed: 1);

        foreach (string name in (string[])["attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj"])
        {
            Assert.Equal(
                linear.get_parameter($"transformer.h.0.{name}.weight")!.t().Values(),
                conv1D.Values($"transformer.h.0.{name}.weight")
            );
        }
        // Of the packed matrix each block is a matrix of its own.
        Assert.Equal(
            TestTensors.Drawn(
                "xavier_normal",
                TensorDescription.Dense(Width, Width),
                1,
                "transformer.h.0.attn.c_attn.weight#k"
            ),
            linear.get_parameter("transformer.h.0.attn.c_attn.weight")![TensorIndex.Slice(Width, 2 * Width)].Values()
        );
    }

    [Fact]
    public void AnotherShapeOrNameIsNoPackedAttention()
    {
        var model = new TestModule(x => x, ("qkv", nn.Linear(8, 16)), ("mlp", nn.Linear(8, 24)));

        Assert.All(model.Describe().Parameters, p => Assert.Empty(p.Blocks));
    }

    [Fact]
    public void PackedAttentionIsFittedAsAWhole()
    {
        Linear qkv = nn.Linear(32, 96);
        var model = new TestModule(x => x, ("qkv", qkv));
        Tensor batch = TestTensors.Normal("batch", 64, 32);

        InitializationReport report = model.Initialize(Recipe.Of(Initializer.Lsuv()), seed: 1, () => qkv.call(batch));

        Assert.True(Assert.Single(report.Fits[0].Parameters).Reached);
        Assert.Equal(1, Math.Sqrt(qkv.call(batch).Values().Average(x => x * x)), 0.05);
    }

    [Fact]
    public void LlamaIsTheSameEverywhere()
    {
        TestModule model = TestModels.Llama(Depth, Width, Inner);

        Plan plan = ModelTable.Check(
            model,
            "llama",
            name =>
                LlamaMatrix(name) is { } matrix ? Expected.Normal(0.02, matrix.Inputs, matrix.Outputs) : Expected.Ones
        );

        Assert.Equal(3 + (9 * Depth), plan.Rows.Length);
        Logits(model, 300);
    }

    /// <summary>1/sqrt(fan-in), and into the stream 1/sqrt(2 fan-in (layer + 1)), cut at three standard deviations.</summary>
    [Fact]
    public void OlmoShrinksWithTheLayer()
    {
        TestModule model = TestModels.Llama(Depth, Width, Inner);

        ModelTable.Check(
            model,
            "olmo",
            name =>
            {
                if (LlamaMatrix(name) is not { } matrix)
                {
                    return Expected.Ones;
                }
                if (name == "model.embed_tokens.weight")
                {
                    return Expected.CutNormal(1 / Math.Sqrt(Width), matrix.Inputs, matrix.Outputs);
                }
                bool isResidual =
                    name.EndsWith("o_proj.weight", StringComparison.Ordinal)
                    || name.EndsWith("down_proj.weight", StringComparison.Ordinal);
                int factor = isResidual ? 2 * (int.Parse(name.Split('.')[2], CultureInfo.InvariantCulture) + 1) : 1;
                return Expected.CutNormal(1 / Math.Sqrt(factor * matrix.Inputs), matrix.Inputs, matrix.Outputs);
            }
        );
        Logits(model, 300);
    }

    [Fact]
    public void AVisionTransformerHasItsTokens()
    {
        TestModule model = TestModels.VisionTransformer(Depth, Width);

        Plan plan = ModelTable.Check(
            model,
            "vit",
            name =>
                name == "cls_token" ? Expected.Normal(1e-6, null, null)
                : name == "pos_embed" ? Expected.Normal(0.02, null, null)
                : name == "patch_embed.proj.weight" ? new("lecun_normal", 3 * 64, Width * 64, 1 / Math.Sqrt(3 * 64))
                : name == "head.weight" ? new("zeros", Width, 10, 0)
                : name.Contains("bias", StringComparison.Ordinal) ? Expected.Zeros
                : name.Contains("norm", StringComparison.Ordinal) ? Expected.Ones
                : BlockMatrix(name)
        );

        Assert.Equal(8 + (12 * Depth), plan.Rows.Length);
        using var noGrad = no_grad();
        Tensor logits = model.call(TestTensors.Normal("images", 2, 3, 32, 32));
        Assert.Equal([2, 10], logits.shape);
        // The head is 0.
        Assert.All(logits.Values(), value => Assert.Equal(0, value));

        Expected BlockMatrix(string name) =>
            name.Contains(".attn.qkv.weight#", StringComparison.Ordinal)
            || name.EndsWith(".attn.proj.weight", StringComparison.Ordinal)
                ? Expected.Normal(0.02, Width, Width)
            : name.EndsWith(".mlp.fc1.weight", StringComparison.Ordinal) ? Expected.Normal(0.02, Width, 4 * Width)
            : name.EndsWith(".mlp.fc2.weight", StringComparison.Ordinal) ? Expected.Normal(0.02, 4 * Width, Width)
            : throw new ArgumentException($"no such parameter in timm: {name}", nameof(name));
    }

    [Fact]
    public void FreeParametersAreListedWhereNoRuleNamesThem()
    {
        TestModule model = TestModels.VisionTransformer(1, Width);
        Dictionary<string, double[]> before = model.Snapshot();

        var error = Assert.Throws<RecipeException>(() => model.Initialize("he_normal", seed: 1));

        Assert.Equal(
            $"no rule matches 'cls_token' (other of TestModule, {TensorDescription.Plain(1, 1, Width)}), "
                + $"'pos_embed' (other of TestModule, {TensorDescription.Plain(1, 17, Width)}); "
                + "add a rule for each, such as Rule.For(\"name\", initializer) or Rule.Keep(\"name\")",
            error.Message
        );
        Assert.All(model.Snapshot(), p => Assert.Equal(before[p.Key], p.Value));

        model.Initialize(
            Recipe.Parse("he_normal").With(Rule.For("cls_token|pos_embed", Initializer.Normal(std: 0.02))),
            seed: 1
        );
        Assert.Contains(model.Values("cls_token"), value => value != 0);
    }

    [Fact]
    public void OnlyNormalizationLayersOfOnesOwnAreKnown()
    {
        var model = new TestModule(
            x => x,
            ("norm", new RMSNorm(4)),
            ("normal", new NormalizingFlow(4)),
            ("wide", new LayerNorm2d(2, 4))
        );

        Assert.Equal(
            [
                ("norm.weight", ParameterRole.NormScale),
                ("normal.weight", ParameterRole.Other),
                ("wide.weight", ParameterRole.Other),
                ("wide.bias", ParameterRole.NormShift),
                ("wide.temperature", ParameterRole.Other),
            ],
            model.Describe().Parameters.Select(p => (p.Name, p.Role))
        );
    }

    private sealed class NormalizingFlow : nn.Module<Tensor, Tensor>
    {
        public NormalizingFlow(long width)
            : base(nameof(NormalizingFlow)) => register_parameter("weight", new Parameter(zeros(width)));

        public override Tensor forward(Tensor input) => input;
    }

    private sealed class LayerNorm2d : nn.Module<Tensor, Tensor>
    {
        public LayerNorm2d(long rows, long columns)
            : base(nameof(LayerNorm2d))
        {
            register_parameter("weight", new Parameter(zeros(rows, columns)));
            register_parameter("bias", new Parameter(zeros(columns)));
            register_parameter("temperature", new Parameter(zeros(columns)));
        }

        public override Tensor forward(Tensor input) => input;
    }

    private static Expected Gpt2(string name)
    {
        if (name.Contains("bias", StringComparison.Ordinal))
        {
            return Expected.Zeros;
        }
        if (name.Contains("ln_", StringComparison.Ordinal))
        {
            return Expected.Ones;
        }
        double residual = 0.02 / Math.Sqrt(2 * Depth);
        string layer = name.Split('.') is ["transformer", "h", "0" or "1" or "2", .. var rest]
            ? string.Join('.', rest)
            : name;
        return layer switch
        {
            "transformer.wte.weight" or "transformer.wpe.weight" => Expected.Normal(0.02, 1, Width),
            "attn.c_attn.weight#q" or "attn.c_attn.weight#k" or "attn.c_attn.weight#v" => Expected.Normal(
                0.02,
                Width,
                Width
            ),
            "attn.c_proj.weight" => Expected.Normal(residual, Width, Width),
            "mlp.c_fc.weight" => Expected.Normal(0.02, Width, 4 * Width),
            "mlp.c_proj.weight" => Expected.Normal(residual, 4 * Width, Width),
            _ => throw new ArgumentException($"no such parameter in GPT-2: {name}", nameof(name)),
        };
    }

    private static (long Inputs, long Outputs)? LlamaMatrix(string name) =>
        string.Join('.', name.Split('.') is ["model", "layers", _, .. var rest] ? rest : [name]) switch
        {
            "model.embed_tokens.weight" => (1, Width),
            "lm_head.weight" => (Width, 300),
            "self_attn.q_proj.weight" or "self_attn.o_proj.weight" => (Width, Width),
            "self_attn.k_proj.weight" or "self_attn.v_proj.weight" => (Width, Width / 2),
            "mlp.gate_proj.weight" or "mlp.up_proj.weight" => (Width, Inner),
            "mlp.down_proj.weight" => (Inner, Width),
            "input_layernorm.weight" or "post_attention_layernorm.weight" or "model.norm.weight" => null,
            _ => throw new ArgumentException($"no such parameter in Llama: {name}", nameof(name)),
        };

    private static void Logits(TestModule model, long tokens)
    {
        using var noGrad = no_grad();
        Tensor logits = model.call(arange(16).reshape(2, 8));
        Assert.Equal([2, 8, tokens], logits.shape);
        Assert.All(logits.Values(), value => Assert.True(double.IsFinite(value)));
        Assert.Contains(logits.Values(), value => value != 0);
    }
}
