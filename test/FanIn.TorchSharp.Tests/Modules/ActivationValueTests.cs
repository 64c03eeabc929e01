using TorchSharp;
using static TorchSharp.torch;

namespace FanIn.TorchSharp.Tests.Modules;

/// <summary>The catalogue's functions and libtorch's are the same, and so are its derivatives and autograd's.</summary>
public sealed class ActivationValueTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    public static TheoryData<string> Spellings =>
        [
            .. Activation.Names.Where(name => !Activation.Parse(name).IsGated),
            "leaky_relu(0.2)",
            "elu(0.5)",
            "celu(0.5)",
            "softshrink(0.1)",
            "hardshrink(3)",
        ];

    [Theory]
    [MemberData(nameof(Spellings))]
    public void Values_and_derivatives_are_libtorchs(string spelling)
    {
        var activation = Activation.Parse(spelling);
        // Irrational steps, so that no kink is met; there implementations may differ.
        double[] x = [.. Enumerable.Range(-400, 801).Select(i => (i + 0.137) * 0.0237)];
        Tensor input = tensor(x, float64).requires_grad_();
        using var module = new ActivationModule(activation);

        Tensor output = module.call(input);
        output.sum().backward();

        double[] values = [.. output.data<double>()];
        double[] slopes = [.. input.grad!.data<double>()];
        // libtorch has the slope 1/6 of hardsigmoid's gradient in float32, in float64 too.
        double slopeTolerance = spelling == "hard_sigmoid" ? 5.1e-9 : 2e-14;
        for (int i = 0; i < x.Length; i++)
        {
            Assert.Equal(activation.Value(x[i]), values[i], 4e-15 * Math.Max(1, Math.Abs(values[i])));
            Assert.Equal(activation.Derivative(x[i]), slopes[i], slopeTolerance);
        }
    }
}
