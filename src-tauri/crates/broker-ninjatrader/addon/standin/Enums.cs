// The enumerations of NinjaTrader 8 that the bridge meets, with the integer values that NinjaTrader has.

namespace NinjaTrader.Cbi
{
    /// <summary>Where an order stands.</summary>
    public enum OrderState
    {
        Accepted = 0,
        Cancelled = 1,
        Filled = 2,
        Initialized = 3,
        PartFilled = 4,
        CancelSubmitted = 5,
        ChangeSubmitted = 6,
        Submitted = 7,
        TriggerPending = 8,
        Rejected = 9,
        Working = 10,
        CancelPending = 11,
        ChangePending = 12,
        Suspended = 13,
        AcceptedByRisk = 50,
        Unknown = 99
    }

    /// <summary>What an order does. Futures need Buy and Sell alone.</summary>
    public enum OrderAction { Buy = 0, BuyToCover = 1, Sell = 2, SellShort = 3 }

    /// <summary>The kind of an order.</summary>
    public enum OrderType { Limit = 0, Market = 1, MIT = 2, StopLimit = 3, StopMarket = 4, Unknown = 99 }

    /// <summary>Who caused an order (CME tag 1028).</summary>
    public enum OrderEntry { Automated = 0, Manual = 1 }

    /// <summary>How long an order works.</summary>
    public enum TimeInForce { Day = 0, Gtc = 1, Ioc = 2, Opg = 3, Gtd = 4 }

    /// <summary>The side of a position, or of an execution (Long: bought).</summary>
    public enum MarketPosition { Long = 0, Short = 1, Flat = 2 }

    /// <summary>What happened to a row of a collection.</summary>
    public enum Operation { Add = 0, Update = 1, Remove = 2 }

    /// <summary>How a connection is, for orders or for prices.</summary>
    public enum ConnectionStatus { Disconnected = 0, Disconnecting = 1, ConnectionLost = 2, Connected = 3, Connecting = 4 }

    /// <summary>What went wrong, in part.</summary>
    public enum ErrorCode
    {
        NoError = 0,
        LogOnFailed = 1,
        OrderRejected = 3,
        UnableToCancelOrder = 5,
        UnableToChangeOrder = 6,
        UnableToSubmitOrder = 7,
        UserAbort = 8,
        OrderRejectedByRisk = 9,
        LoginExpired = 10,
        Panic = 18
    }

    /// <summary>A figure of an account, in part.</summary>
    public enum AccountItem
    {
        BuyingPower = 0,
        CashValue = 1,
        Commission = 2,
        GrossRealizedProfitLoss = 8,
        InitialMargin = 9,
        NetLiquidation = 15,
        RealizedProfitLoss = 18,
        UnrealizedProfitLoss = 23,
        TotalCashBalance = 24,
        DailyLossLimit = 25,
        WeeklyProfitLoss = 26,
        WeeklyLossLimit = 27,
        DailyProfitTrigger = 28,
        WeeklyProfitTrigger = 29,
        TrailingMaxDrawdown = 30
    }

    /// <summary>What an account may do.</summary>
    public enum AccountStatus { Disabled = 0, Enabled = 1, LiquidationOnly = 2, Excluded = 3 }

    /// <summary>A currency, in part.</summary>
    public enum Currency { UsDollar = 0, Euro = 1, Unknown = 99 }

    /// <summary>Whose connection it is, in part.</summary>
    public enum Provider { Simulator = 0, Playback = 1, Rithmic = 2, Tradovate = 3, Cqg = 4 }
}

namespace NinjaTrader.Data
{
    /// <summary>What an update of the market is about.</summary>
    public enum MarketDataType
    {
        Ask = 0,
        Bid = 1,
        Last = 2,
        DailyHigh = 3,
        DailyLow = 4,
        DailyVolume = 5,
        LastClose = 6,
        Opening = 7,
        OpenInterest = 8,
        Settlement = 9,
        Unknown = 10
    }
}

namespace NinjaTrader.Code
{
    /// <summary>A tab of NinjaTrader's output window.</summary>
    public enum PrintTo { OutputTab1 = 0, OutputTab2 = 1 }
}

namespace NinjaTrader.NinjaScript
{
    /// <summary>The life of a script. An AddOn sees SetDefaults, Configure, Active, Terminated.</summary>
    public enum State { SetDefaults, Configure, Active, DataLoaded, Historical, Transition, Realtime, Terminated, Finalized }
}
