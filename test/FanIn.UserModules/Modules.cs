using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.UserModules;

/// <summary>A plain network: 8 numbers to 3.</summary>
public sealed class Plain : nn.Module<Tensor, Tensor>
{
    private readonly Linear _first;
    private readonly Linear _second = nn.Linear(16, 3);

    public Plain(long inputs = 8)
        : base(nameof(Plain))
    {
        _first = nn.Linear(inputs, 16);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => _second.call(nn.functional.relu(_first.call(input)));

    /// <summary>The same for the 64 pixels of the digits and their 10 classes.</summary>
    public static nn.Module<Tensor, Tensor> Digits() =>
        nn.Sequential(
            ("flatten", nn.Flatten()),
            ("hidden", nn.Linear(64, 16)),
            ("act", nn.ReLU()),
            ("out", nn.Linear(16, 10))
        );

    public static nn.Module<Tensor, Tensor>? Nothing() => null;
}

/// <summary>Its layers run by forward, where hooks don't see them.</summary>
public sealed class Unseen : nn.Module<Tensor, Tensor>
{
    private readonly Linear _layer = nn.Linear(8, 3);

    public Unseen()
        : base(nameof(Unseen)) => RegisterComponents();

    public override Tensor forward(Tensor input) => _layer.forward(input);
}

/// <summary>A layer in a list of its own, which no optimizer sees.</summary>
public sealed class Unregistered : nn.Module<Tensor, Tensor>
{
    private readonly List<Linear> _hidden = [nn.Linear(8, 8), nn.Linear(8, 8)];
    private readonly Linear _output = nn.Linear(8, 3);

    public Unregistered()
        : base(nameof(Unregistered)) => RegisterComponents();

    public override Tensor forward(Tensor input) =>
        _output.call(_hidden.Aggregate(input, (x, layer) => layer.call(x).tanh()));
}

/// <summary>Can't be made.</summary>
public sealed class Throwing : nn.Module<Tensor, Tensor>
{
    public Throwing()
        : base(nameof(Throwing)) => throw new InvalidOperationException("The weights aren't there.\nSecond line.");

    public override Tensor forward(Tensor input) => input;
}

/// <summary>An embedding of 20 tokens first.</summary>
public sealed class Reader : nn.Module<Tensor, Tensor>
{
    private readonly Embedding _table = nn.Embedding(20, 8);
    private readonly Linear _output = nn.Linear(8, 3);

    public Reader()
        : base(nameof(Reader)) => RegisterComponents();

    public override Tensor forward(Tensor input) => _output.call(_table.call(input).mean([1]));
}

/// <summary>Has to be told its width.</summary>
public sealed class Wanting : nn.Module<Tensor, Tensor>
{
    public Wanting(long width)
        : base(nameof(Wanting)) => register_module("layer", nn.Linear(width, width));

    public override Tensor forward(Tensor input) => input;
}

/// <summary>Two inputs.</summary>
public sealed class Pair : nn.Module<Tensor, Tensor, Tensor>
{
    public Pair()
        : base(nameof(Pair)) { }

    public override Tensor forward(Tensor first, Tensor second) => first;
}

public abstract class Unfinished : nn.Module<Tensor, Tensor>
{
    protected Unfinished()
        : base(nameof(Unfinished)) { }
}

/// <summary>Whose state isn't only drawn: batch norm's counts, a table that it works out, a frozen scale, a tied head.</summary>
public sealed class Stateful : nn.Module<Tensor, Tensor>
{
    private readonly Linear _in = nn.Linear(8, 16);
    private readonly BatchNorm1d _norm = nn.BatchNorm1d(16);
    private readonly Linear _out = nn.Linear(16, 3);

    public Stateful(bool draws = false)
        : base(nameof(Stateful))
    {
        RegisterComponents();
        register_buffer("table", draws ? rand(6) : arange(6, dtype: ScalarType.Float32).div(4));
        register_buffer("mask", tensor([true, false, true]));
        register_parameter("scale", new Parameter(full([3], 2.5f), requires_grad: false));
    }

    public override Tensor forward(Tensor input) => _out.call(_norm.call(_in.call(input)).relu());

    public static nn.Module<Tensor, Tensor> Drawing() => new Stateful(draws: true);
}

public static class Models
{
    public static Plain Wide(long inputs = 12) => new(inputs);

    /// <summary>In double precision.</summary>
    public static nn.Module<Tensor, Tensor> Precise() =>
        nn.Sequential(
            ("first", nn.Linear(8, 16, dtype: ScalarType.Float64)),
            ("act", nn.ReLU()),
            ("second", nn.Linear(16, 3, dtype: ScalarType.Float64))
        );

    /// <summary>As its neighbour of the same name.</summary>
    public sealed class Twin() : nn.Module<Tensor, Tensor>(nameof(Twin))
    {
        public override Tensor forward(Tensor input) => input;
    }
}

public static class Others
{
    public sealed class Twin() : nn.Module<Tensor, Tensor>(nameof(Twin))
    {
        public override Tensor forward(Tensor input) => input;
    }
}
