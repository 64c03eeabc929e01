using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp.Tests.Modules;

/// <summary>A custom module around a function, with whatever layers and parameters it is given.</summary>
internal sealed class TestModule : nn.Module<Tensor, Tensor>
{
    private readonly Func<Tensor, Tensor> _forward;

    public TestModule(Func<Tensor, Tensor> forward, params (string Name, object Member)[] members)
        : base("test")
    {
        _forward = forward;
        foreach ((string name, object member) in members)
        {
            if (member is Parameter parameter)
            {
                register_parameter(name, parameter);
            }
            else
            {
                register_module(name, (nn.Module)member);
            }
        }
    }

    public override Tensor forward(Tensor input) => _forward(input);
}

/// <summary>Two layers in fields, in the way of TorchSharp's documentation.</summary>
internal sealed class FieldModule : nn.Module<Tensor, Tensor>
{
    private readonly Linear _first = nn.Linear(3, 4);
    private readonly Sequential _rest = nn.Sequential(nn.ReLU(), nn.Linear(4, 2));

    public FieldModule()
        : base("fields") => RegisterComponents();

    public override Tensor forward(Tensor input) => _rest.call(_first.call(input));
}
