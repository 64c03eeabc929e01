using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.Lab;

/// <summary>
/// The Lab's optimizers, with PyTorch's arithmetic. TorchSharp's own pass temporary Scalars to libtorch, which the
/// garbage collector may finalize while libtorch reads them: a crash every few dozen trainings when several threads
/// train. These hold every Scalar for as long as it is used.
/// </summary>
internal abstract class Optimizer : IDisposable
{
    private readonly DisposeScope _state;

    private Optimizer(IEnumerable<Parameter> parameters)
    {
        Parameters = [.. parameters.Where(p => p.requires_grad)];
        // The state outlives the scope of a step.
        _state = NewDisposeScope();
    }

    private Parameter[] Parameters { get; }

    public static Optimizer Create(OptimizerKind kind, IEnumerable<Parameter> parameters, double learningRate) =>
        kind switch
        {
            OptimizerKind.Adam => new AdamOptimizer(parameters, learningRate),
            _ => new MomentumOptimizer(parameters, learningRate),
        };

    /// <summary>Forgets the gradients: the next ones take their place, where zeros would have to be filled in and added to.</summary>
    public void ClearGradients()
    {
        foreach (Parameter parameter in Parameters)
        {
            parameter.grad = null;
        }
    }

    public void Step()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        for (int i = 0; i < Parameters.Length; i++)
        {
            if (Parameters[i].grad is { } gradient)
            {
                Update(i, Parameters[i], gradient);
            }
        }
    }

    public virtual void Dispose() => _state.Dispose();

    private protected abstract void Update(int index, Parameter parameter, Tensor gradient);

    private Tensor?[] NewState() => new Tensor?[Parameters.Length];

    private Tensor Keep(Tensor tensor)
    {
        _state.Attach(tensor);
        return tensor;
    }

    /// <summary>v = 0.9 v + g, then w -= rate v; v starts as the first gradient.</summary>
    private sealed class MomentumOptimizer : Optimizer
    {
        private readonly Tensor?[] _velocity;
        private readonly Scalar _momentum = 0.9;
        private readonly Scalar _one = 1.0;
        private readonly Scalar _minusRate;

        public MomentumOptimizer(IEnumerable<Parameter> parameters, double learningRate)
            : base(parameters) => (_velocity, _minusRate) = (NewState(), -learningRate);

        public override void Dispose()
        {
            base.Dispose();
            _momentum.Dispose();
            _one.Dispose();
            _minusRate.Dispose();
        }

        private protected override void Update(int index, Parameter parameter, Tensor gradient)
        {
            if (_velocity[index] is { } velocity)
            {
                velocity.mul_(_momentum).add_(gradient, _one);
            }
            else
            {
                velocity = _velocity[index] = Keep(gradient.clone());
            }
            parameter.add_(velocity, _minusRate);
        }
    }

    /// <summary>Kingma and Ba 2014, algorithm 1: betas 0.9 and 0.999, epsilon 1e-8.</summary>
    private sealed class AdamOptimizer : Optimizer
    {
        private const double Beta1 = 0.9;
        private const double Beta2 = 0.999;

        private readonly Tensor?[] _first;
        private readonly Tensor?[] _second;
        private readonly double _rate;
        private readonly int[] _steps;
        private readonly Scalar _beta1 = Beta1;
        private readonly Scalar _beta2 = Beta2;
        private readonly Scalar _rest1 = 1 - Beta1;
        private readonly Scalar _rest2 = 1 - Beta2;
        private readonly Scalar _one = 1.0;
        private readonly Scalar _epsilon = 1e-8;

        public AdamOptimizer(IEnumerable<Parameter> parameters, double learningRate)
            : base(parameters)
        {
            (_first, _second, _rate) = (NewState(), NewState(), learningRate);
            _steps = new int[_first.Length];
        }

        public override void Dispose()
        {
            base.Dispose();
            foreach (Scalar scalar in (Scalar[])[_beta1, _beta2, _rest1, _rest2, _one, _epsilon])
            {
                scalar.Dispose();
            }
        }

        private protected override void Update(int index, Parameter parameter, Tensor gradient)
        {
            int step = ++_steps[index];
            Tensor first = _first[index] ??= Keep(zeros_like(gradient));
            Tensor second = _second[index] ??= Keep(zeros_like(gradient));
            first.mul_(_beta1).add_(gradient, _rest1);
            second.mul_(_beta2).addcmul_(gradient, gradient, _rest2);
            using Scalar unbias = 1 / Math.Sqrt(1 - Math.Pow(Beta2, step));
            using Scalar minusRate = -_rate / (1 - Math.Pow(Beta1, step));
            parameter.addcdiv_(first, second.sqrt().mul_(unbias).add_(_epsilon, _one), minusRate);
        }
    }
}
