using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp.Tests.Modules;

public sealed class ActivationModuleTests : IDisposable
{
    private static readonly string[] Gated = ["glu", "reglu", "geglu", "swiglu", "bilinear"];

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    public static TheoryData<string> Elementwise() =>
        [
            .. Activation.Names.Except(Gated),
            "leaky_relu(0.2)",
            "prelu(-0.3)",
            "elu(0.5)",
            "celu(2)",
            "softshrink(0.3)",
            "hardshrink(1.5)",
        ];

    [Theory]
    [MemberData(nameof(Elementwise))]
    public void Value_and_slope_are_those_of_the_formula(string spelling)
    {
        Activation activation = Activation.Parse(spelling);
        using var module = new ActivationModule(activation);
        Assert.Equal(activation, module.Activation);
        // Off the grid of kinks at -3, -1, -0.5, 0, 0.5, 1, 3, 6.
        double[] grid = [.. Enumerable.Range(-600, 1300).Select(i => (i + 0.37) / 60)];
        Tensor x = tensor(grid, requires_grad: true);

        Tensor y = module.call(x);

        double[] slopes = autograd.grad([y.sum()], [x])[0].Values();
        double[] values = y.Values();
        for (int i = 0; i < grid.Length; i++)
        {
            const double Step = 1e-4;
            Close(Formula(activation, grid[i]), values[i], 1e-12);
            double slope = (Formula(activation, grid[i] + Step) - Formula(activation, grid[i] - Step)) / (2 * Step);
            Close(slope, slopes[i], 1e-6);
        }

        void Close(double expected, double actual, double tolerance) =>
            Assert.True(
                Math.Abs(expected - actual) <= tolerance * (1 + Math.Abs(expected)),
                $"{spelling}: {expected} expected, {actual} found"
            );
    }

    [Theory]
    [MemberData(nameof(Elementwise))]
    public void Far_out_it_is_neither_NaN_nor_wrong(string spelling)
    {
        Activation activation = Activation.Parse(spelling);
        using var module = new ActivationModule(activation);
        double[] far = [-1000, -100, 100, 1000];

        double[] values = module.call(tensor(far)).Values();

        for (int i = 0; i < far.Length; i++)
        {
            double expected = Formula(activation, far[i]);
            Assert.True(Math.Abs(expected - values[i]) <= 1e-12 * (1 + Math.Abs(expected)), $"{far[i]}: {values[i]}");
        }
    }

    [Theory]
    [MemberData(nameof(Elementwise))]
    public void The_input_stays_as_it_was_and_nothing_is_left(string spelling)
    {
        using var module = new ActivationModule(Activation.Parse(spelling));
        using Tensor x = tensor([-2.0, -0.1, 0.0, 0.1, 2.0]);
        double[] before = x.Values();
        using var leaks = new LeakCheck();

        using (Tensor y = module.call(x))
        {
            Assert.Equal(x.shape, y.shape);
            Assert.NotEqual(x.Handle, y.Handle);
        }
        Assert.Equal(before, x.Values());
    }

    [Theory]
    [InlineData("glu")]
    [InlineData("reglu")]
    [InlineData("geglu")]
    [InlineData("swiglu")]
    [InlineData("bilinear")]
    public void A_gated_activation_is_an_error_that_says_so(string name)
    {
        var error = Assert.Throws<NotSupportedException>(() => new ActivationModule(Activation.Parse(name)));

        Assert.Contains($"'{name}' pairs two inputs", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void It_works_in_a_sequence_and_has_no_parameters()
    {
        Sequential model = nn.Sequential(
            nn.Linear(3, 4),
            new ActivationModule(Activation.Parse("identity")),
            new ActivationModule(Activation.Parse("gaussian"))
        );

        Assert.Equal([5, 4], model.call(TestTensors.Normal("x", 5, 3)).shape);
        Assert.Equal(2, model.Describe().Parameters.Length);
    }

    private static double Formula(Activation activation, double x)
    {
        double p = activation.Parameter ?? double.NaN;
        return activation.Name switch
        {
            "identity" => x,
            "relu" => Math.Max(0, x),
            "leaky_relu" or "prelu" => x > 0 ? x : p * x,
            "abs" => Math.Abs(x),
            "elu" => x > 0 ? x : p * Expm1(x),
            "selu" => 1.0507009873554804934193349852946 * (x > 0 ? x : 1.6732632423543772848170429916717 * Expm1(x)),
            "celu" => x > 0 ? x : p * Expm1(x / p),
            "gelu" => x * 0.5 * Erfc(-x / Math.Sqrt(2)),
            "gelu_tanh" => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x)))),
            "quick_gelu" => x * Sigmoid(1.702 * x),
            "silu" => x * Sigmoid(x),
            "mish" => x * Math.Tanh(Softplus(x)),
            "softplus" => Softplus(x),
            "softsign" => x / (1 + Math.Abs(x)),
            "tanh" => Math.Tanh(x),
            "lecun_tanh" => 1.7159 * Math.Tanh(2 * x / 3),
            "sigmoid" => Sigmoid(x),
            "hard_sigmoid" => Math.Clamp((x + 3) / 6, 0, 1),
            "hardswish" => x * Math.Clamp(x + 3, 0, 6) / 6,
            "hardtanh" => Math.Clamp(x, -1, 1),
            "relu6" => Math.Clamp(x, 0, 6),
            "erf" => 1 - Erfc(x),
            "sin" => Math.Sin(x),
            "cos" => Math.Cos(x),
            "atan" => Math.Atan(x),
            "squared_relu" => x > 0 ? x * x : 0,
            "square" => x * x,
            "log_sigmoid" => -Softplus(-x),
            "tanhshrink" => x - Math.Tanh(x),
            "softshrink" => x > p ? x - p
            : x < -p ? x + p
            : 0,
            "hardshrink" => Math.Abs(x) > p ? x : 0,
            "gaussian" => Math.Exp(-x * x),
            _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "no formula"),
        };
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private static double Softplus(double x) => Math.Max(x, 0) + Log1p(Math.Exp(-Math.Abs(x)));

    private static double Log1p(double x) => x < 1e-5 ? x - (x * x / 2) + (x * x * x / 3) : Math.Log(1 + x);

    private static double Expm1(double x) => Math.Abs(x) < 1e-4 ? x + (x * x / 2) + (x * x * x / 6) : Math.Exp(x) - 1;

    /// <summary>By the power series near 0 and the continued fraction far from it.</summary>
    private static double Erfc(double x)
    {
        if (x < 0)
        {
            return 2 - Erfc(-x);
        }
        if (x > 30)
        {
            return 0;
        }
        if (x < 2.5)
        {
            double sum = 0;
            double term = x;
            for (int n = 0; Math.Abs(term) > 1e-18; n++)
            {
                sum += term / ((2 * n) + 1);
                term *= -x * x / (n + 1);
            }
            return 1 - (2 / Math.Sqrt(Math.PI) * sum);
        }
        double fraction = 0;
        for (int k = 200; k > 0; k--)
        {
            fraction = k / 2.0 / (x + fraction);
        }
        return Math.Exp(-x * x) / Math.Sqrt(Math.PI) / (x + fraction);
    }
}
